/**
 * How ChatGPT's access token is renewed. Refresh tokens are single-use, and using one twice ends the whole sign-in; so the
 * store's lock is held across processes, the file is read again under it, and what another process wrote is adopted
 * instead of asked for.
 */
import type { Asker } from '../../auth/back-off.ts';
import type { StoredCredential } from '../../auth/credential-file.ts';
import type { CredentialStore } from '../../auth/credential-store.ts';
import type { HeldToken, Renewal, TokenKeeper } from '../../auth/token-keeper.ts';
import type { Logger } from '../../log.ts';
import type { Secret } from '../../secret.ts';
import type { ChatGptCredential } from './credential.ts';
import { type AuthClient } from './oauth.ts';
export interface ChatGptRenewalOptions {
    keeper: TokenKeeper<ChatGptCredential | undefined, ChatGptCredential>;
    client: AuthClient;
    store: CredentialStore;
    log: Logger;
    /** Unix milliseconds. */
    now: () => number;
}
export declare class ChatGptRenewal implements Renewal<ChatGptCredential> {
    #private;
    constructor(options: ChatGptRenewalOptions);
    current(): HeldToken<ChatGptCredential> | undefined;
    source(): Secret | undefined;
    isDue(asker: Asker): boolean;
    /** Is the current sign-in held in memory only? */
    get isUnsaved(): boolean;
    /** Is the file known to be older than memory? */
    isOlder(stored: StoredCredential | undefined): boolean;
    /** Another process has written a newer sign-in. */
    forgetUnsaved(): void;
    renew(asker: Asker, rejected: string | undefined): Promise<undefined>;
}
