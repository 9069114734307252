/** The sign-in of the fake ChatGPT backend: tokens that look like the real ones, expire when told to, and rotate once. */
export interface FakeTokens {
    accessToken: string;
    refreshToken: string;
    idToken: string;
}
export interface TokenAnswer {
    status: number;
    body: object;
}
/** One signed-in account and its family of tokens. */
export declare class FakeAccount {
    #private;
    readonly accountId = "00000000-0000-4000-8000-0000000000ac";
    readonly email = "someone@example.com";
    /** The newest tokens. */
    tokens: FakeTokens;
    /** How often a refresh token was taken in exchange. */
    refreshes: number;
    constructor();
    /** From now on the access tokens given out so far are refused with `token_expired`; a refresh gives a good one. */
    expireTokens(): void;
    /** Ends the whole family: access tokens are `token_invalidated`, the refresh token is `refresh_token_invalidated`. */
    signOut(): void;
    /** @returns the refusal of a request with these headers; undefined when they are good */
    check(authorization: string | undefined, accountId: string | undefined): TokenAnswer | undefined;
    /** Answers `POST /oauth/token` with `grant_type=refresh_token`. Reuse of a token ends the family. */
    refresh(parameters: Record<string, string>): TokenAnswer;
}
