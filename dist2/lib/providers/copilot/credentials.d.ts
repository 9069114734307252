/**
 * Keeps a valid Copilot token. The sign-in is a GitHub token, which does not expire and stays in the credential file. It is
 * exchanged for a Copilot token, which lasts for half an hour and stays in memory.
 */
import type { CredentialStore } from '../../auth/credential-store.ts';
import type { Logger } from '../../log.ts';
import type { Secret } from '../../secret.ts';
import type { CopilotConfig } from './config.ts';
import { type CopilotToken } from './github-oauth.ts';
export interface CopilotCredentials {
    /** Identifies the signed-in account; undefined without a sign-in that may still work. No I/O. */
    peek(): string | undefined;
    /** Is there a sign-in at all, working or not? Without I/O. */
    exists(): boolean;
    /** When it was made or last refreshed, in Unix milliseconds. Without I/O. */
    renewedAtMs(): number | undefined;
    /** Is there a credential file that could not be read? Without I/O. */
    isUnreadable(): boolean;
    /** The GitHub token. @throws OpenCompatError OC_NO_CREDENTIALS, OC_CREDENTIALS_UNREADABLE */
    getGitHubToken(): Promise<Secret>;
    /**
     * A token to send. Cheap while the one in memory is valid.
     *
     * @throws OpenCompatError OC_NO_CREDENTIALS, OC_SIGN_IN_AGAIN, OC_CREDENTIALS_UNREADABLE, OC_FORBIDDEN (no Copilot),
     *   OC_UPSTREAM_UNREACHABLE
     */
    get(): Promise<CopilotToken>;
    /**
     * A better token than the one that was answered with 401: what another request got meanwhile, else a new one.
     * Undefined when fresh tokens are rejected too.
     *
     * @throws OpenCompatError as `get`
     */
    renew(rejected: Secret): Promise<CopilotToken | undefined>;
    /** Replaces the token ahead of its end; for a schedule. Never throws. */
    refreshIfDue(): Promise<void>;
    /** Looks for what another process has made of the sign-in; undefined when the last look was just now. Never rejects. */
    lookNowAndThen(): Promise<void> | undefined;
    /** The same at once. Never rejects. */
    look(): Promise<void>;
    /** No more looks at the file. */
    close(): void;
}
export interface CopilotCredentialsOptions {
    store: CredentialStore;
    config: Pick<CopilotConfig, 'githubUrl' | 'githubApiUrl' | 'copilotClientId'>;
    /** Those that say which editor asks. */
    headers: Readonly<Record<string, string>>;
    log: Logger;
    /** Called when a refresh has ended. */
    onRenewal?(isGood: boolean): void;
    fetch?: typeof fetch;
    /** Unix milliseconds. */
    now?: () => number;
}
export declare function createCopilotCredentials(options: CopilotCredentialsOptions): Promise<CopilotCredentials>;
