/**
 * Keeps a provider's token valid: hands it out while it can be sent, renews it once for all callers that wait, adopts a newer
 * one from another process, and never renews with a dead refresh token.
 */
import { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Secret } from '../secret.ts';
import { type Asker } from './back-off.ts';
import type { StoredCredential } from './credential-file.ts';
import type { CredentialStore } from './credential-store.ts';
import { type FollowedSignIn } from './followed-sign-in.ts';
export interface HeldToken<T> {
    readonly token: Secret;
    /** The value that a request gets. */
    readonly value: T;
}
/** The provider's part: the state of its token, and its renewal. */
export interface Renewal<T> {
    /** The token in memory, if it is still valid as far as is known here. */
    current(): HeldToken<T> | undefined;
    /** The credential that renews the token; undefined: it cannot be renewed. */
    source(): Secret | undefined;
    /** Should it be renewed now, even if it can still be sent? */
    isDue(asker: Asker): boolean;
    /**
     * Renews the token, and puts it where `current` finds it. Reports the outcome to the keeper (`bury`, `rest`, `renewed`).
     * @param rejected the token that the upstream rejected, even if it has not expired
     * @returns the new token, where it differs from `current`
     * @throws OpenCompatError
     */
    renew(asker: Asker, rejected: string | undefined): Promise<HeldToken<T> | undefined>;
}
export interface TokenKeeperOptions<View> {
    store: CredentialStore;
    /** The provider's name in the store. */
    provider: string;
    /** For messages and the log: "ChatGPT". */
    title: string;
    /** The command that signs in. */
    login: string;
    log: Logger;
    /** Unix milliseconds. */
    now: () => number;
    /** Reads a stored sign-in. */
    toView(stored: StoredCredential): View;
    /** false: the file is known to be older than memory. Default: always true. */
    mayAdopt?(stored: StoredCredential | undefined): boolean;
    /** Called when a renewal has ended. */
    onRenewal?(isGood: boolean): void;
    /** Called before another sign-in replaces the current one. */
    onAdopt?(): void;
}
/**
 * The state of the token. `absent`: there is no sign-in. `unreadable`: the file cannot be read. `good`: it can be sent.
 * `resting`: it cannot be sent, and the sign-in server has just failed. `ended`: it must be renewed. `dead`: only a new
 * sign-in helps.
 */
type TokenState = 'absent' | 'unreadable' | 'good' | 'resting' | 'ended' | 'dead';
export declare class TokenKeeper<View, T> {
    #private;
    readonly signIn: FollowedSignIn<View>;
    private constructor();
    /** Checks the file once before it resolves. */
    static open<View, T>(options: TokenKeeperOptions<View>, describe: (keeper: TokenKeeper<View, T>) => Renewal<T>): Promise<TokenKeeper<View, T>>;
    /** Without I/O. */
    get state(): TokenState;
    /** Is there no usable credential to renew the token with? */
    isDead(): boolean;
    /** Was the token renewed just now? Then it is used until it expires: it may live for less than the renewal's lead time. */
    isYoung(): boolean;
    /** When the token was renewed here, else when somebody signed in or renewed it last; in Unix milliseconds. */
    renewedAtMs(): number | undefined;
    /** The token that can be sent, without I/O. */
    peek(): T | undefined;
    /**
     * A token to send. Cheap while the one in memory is good; renews it first when it is about to end.
     * @throws OpenCompatError OC_NO_CREDENTIALS, OC_SIGN_IN_AGAIN, OC_CREDENTIALS_UNREADABLE, OC_UPSTREAM_UNREACHABLE, and
     *   what the provider's `renew` throws
     */
    get(): Promise<T>;
    /**
     * A better token than the one that was answered with 401: what another request or process got meanwhile, else a new
     * one. Undefined when new tokens are rejected too.
     * @throws OpenCompatError as `get`
     */
    replace(rejected: Secret): Promise<T | undefined>;
    /** Renews the token ahead of requests; for a schedule. Never throws. */
    renewIfDue(): Promise<void>;
    /**
     * The sign-in server has answered with a token.
     * @param fault why the token is unusable, if it is: the next renewal then waits
     */
    renewed(fault?: string): void;
    /** The credential is refused for good, and never sent again. */
    bury(source: Secret): void;
    /** Starts a wait before the next request to the server. @returns the error for callers that wait */
    rest(error: OpenCompatError, toldMs?: number): OpenCompatError;
    /** For a sign-in server that failed, or could not be asked. */
    unreachable(reason: string): OpenCompatError;
    signInAgain(): OpenCompatError;
    /** The error that says why there is no token to send. */
    whyNot(): OpenCompatError;
}
export {};
