/**
 * ChatGPT's access token, always good. Refresh tokens are single-use, and using one twice ends the whole sign-in; so a
 * refresh happens once: single flight in the process, a lock across processes, the file read again under the lock, and
 * what another process wrote is adopted instead of asked for.
 */
import type { CredentialStore } from '../../auth/credential-store.ts';
import type { Logger } from '../../log.ts';
import type { Secret } from '../../secret.ts';
import type { ChatGptConfig } from './config.ts';
import { type ChatGptCredential } from './credential.ts';
export interface ChatGptCredentials {
    /** What is in memory, without I/O; undefined when there is nothing, or nothing that can still work. */
    peek(): ChatGptCredential | undefined;
    /** Is there a sign-in at all, working or not? Without I/O. */
    exists(): boolean;
    /** Is there a file, of which nothing could be read? Without I/O. */
    isUnreadable(): boolean;
    /** When it was made or last refreshed, in Unix milliseconds. Without I/O. */
    renewedAtMs(): number | undefined;
    /** Has a refreshed token no place but memory? Without I/O. */
    isUnsaved(): boolean;
    /**
     * A credential to send. Cheap while the token in memory is good; refreshes first when it is about to end.
     *
     * @throws OpenCompatError OC_NO_CREDENTIALS, OC_SIGN_IN_AGAIN, OC_CREDENTIALS_UNREADABLE, OC_UPSTREAM_UNREACHABLE
     */
    get(): Promise<ChatGptCredential>;
    /**
     * A better credential than the one that was answered with 401: what another request or process got meanwhile, else a
     * refreshed one.
     *
     * @throws OpenCompatError as `get`, and OC_UPSTREAM_ERROR when the server is now signed in to another account
     */
    renew(rejected: Secret): Promise<ChatGptCredential>;
    /** Refreshes ahead of expiry; for a schedule. Never throws. */
    refreshIfDue(): Promise<void>;
    /** Looks for what another process has made of the sign-in; undefined when the last look was just now. Never rejects. */
    lookNowAndThen(): Promise<void> | undefined;
    /** The same at once. Never rejects. */
    look(): Promise<void>;
    /** No more looks at the file. A refresh under way is finished: its token is already paid for. */
    close(): void;
}
export interface ChatGptCredentialsOptions {
    store: CredentialStore;
    config: Pick<ChatGptConfig, 'chatgptAuthUrl' | 'oauthClientId'>;
    log: Logger;
    /** Called when a refresh has ended. */
    onRenewal?(isGood: boolean): void;
    fetch?: typeof fetch;
    /** Unix milliseconds. */
    now?: () => number;
}
export declare function createChatGptCredentials(options: ChatGptCredentialsOptions): Promise<ChatGptCredentials>;
