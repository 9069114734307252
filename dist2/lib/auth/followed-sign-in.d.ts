/** One provider's sign-in as the credential file has it: held in memory, and followed when another process changes it. */
import type { Logger } from '../log.ts';
import type { CredentialProvider, StoredCredential } from './credential-file.ts';
import type { CredentialStore } from './credential-store.ts';
export interface FollowedSignIn<View> {
    /** The sign-in in memory. */
    readonly held: {
        readonly stored: StoredCredential;
        readonly view: View;
    } | undefined;
    /** Why the file could not be read; undefined if it could. */
    readonly fault: Error | undefined;
    /** Is there a sign-in at all, working or not? */
    exists(): boolean;
    /** Is there a file that could not be read? */
    isUnreadable(): boolean;
    /** Takes a change of the sign-in by this process. */
    hold(stored: StoredCredential | undefined): void;
    /** Takes the file's sign-in if it differs from the one in memory. */
    adopt(stored: StoredCredential | undefined): void;
    /** Checks the file; one check at a time. Never throws. */
    look(): Promise<void>;
    /** The same at intervals; undefined when the last check was just now. Callers that do not wait use the sign-in in memory. */
    lookNowAndThen(): Promise<void> | undefined;
    /** Stops these checks. */
    close(): void;
}
export interface FollowedSignInOptions<View> {
    store: CredentialStore;
    provider: CredentialProvider;
    /** For the log: "ChatGPT". */
    title: string;
    log: Logger;
    /** Unix milliseconds. */
    now: () => number;
    toView(stored: StoredCredential): View;
    /** false: the file is known to be older than memory. Default: always true. */
    mayAdopt?(stored: StoredCredential | undefined): boolean;
    /** Called before another sign-in is held. */
    onAdopt(): void;
}
/** Checks the file once before it resolves. */
export declare function followSignIn<View>(options: FollowedSignInOptions<View>): Promise<FollowedSignIn<View>>;
export declare function hasSameAccessToken(a: StoredCredential, b: StoredCredential): boolean;
