/**
 * Reads a token's claims without checking its signature: the token came from its issuer over TLS and goes back to it, and its
 * claims never decide who may use this server.
 */
export interface TokenClaims {
    /** Unix seconds (`exp`). */
    expiresAtEpochS?: number;
    email?: string;
    /** Only `chatgpt_account_id`: a user id in its place would be refused as an account header. */
    accountId?: string;
    /** Ids of the person, never of the account; some programs store one of them as the account id. */
    userIds: readonly string[];
    planType?: string;
    isFedramp: boolean;
}
/** The claims of a JWT; unreadable parts (an opaque token, a missing claim, a wrong type) are absent. Never throws. */
export declare function decodeTokenClaims(token: string | undefined): TokenClaims;
