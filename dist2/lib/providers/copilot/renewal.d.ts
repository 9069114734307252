import type { StoredCredential } from '../../auth/credential-file.ts';
import type { HeldToken, Renewal, TokenKeeper } from '../../auth/token-keeper.ts';
import type { Logger } from '../../log.ts';
import type { Secret } from '../../secret.ts';
import { type CopilotToken, type GitHubClient } from './github-oauth.ts';
export interface CopilotRenewalOptions {
    keeper: TokenKeeper<CopilotAccountView | undefined, CopilotToken>;
    client: GitHubClient;
    /** Those that say which editor asks. */
    headers: Readonly<Record<string, string>>;
    log: Logger;
    /** Unix milliseconds. */
    now: () => number;
}
/** What is read of a stored sign-in. */
export interface CopilotAccountView {
    gitHubToken: Secret;
    /** Identifies the account without revealing it. */
    account: string;
}
export declare function toAccountView({ refreshToken, accessToken }: StoredCredential): CopilotAccountView | undefined;
export declare class CopilotRenewal implements Renewal<CopilotToken> {
    #private;
    constructor(options: CopilotRenewalOptions);
    /** The token, if it belongs to the account that is signed in now. It is used until the backend refuses it. */
    current(): HeldToken<CopilotToken> | undefined;
    source(): Secret | undefined;
    isDue(): boolean;
    forget(): void;
    renew(): Promise<HeldToken<CopilotToken>>;
}
