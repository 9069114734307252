/** The sign-in of a provider: declared by its definition, used by `login`, `logout` and `info`. */
import type { StoredCredential } from '../auth/credential-file.ts';
import type { CredentialStore } from '../auth/credential-store.ts';
import type { Quota } from '../canonical/quota.ts';
import type { Logger } from '../log.ts';
import type { ConfigPlaces } from '../options/fragment.ts';
import type { SignInPrompts } from './sign-in-prompts.ts';
/** The services that the commands give to a sign-in. */
export interface SignInServices<C = ConfigPlaces> {
    readonly config: C;
    readonly log: Logger;
    readonly store: CredentialStore;
    /** Default: the terminal. */
    readonly prompts?: SignInPrompts;
    /** Gives up the sign-in that is under way. */
    readonly signal?: AbortSignal;
}
/** `browser`: a page that comes back to this machine. `device`: a code that is typed in any browser. */
export type SignInWay = 'browser' | 'device';
/** What `info --json` prints of an account. */
export interface AccountInfo {
    /** The provider's name. */
    readonly provider: string;
    readonly email?: string;
    readonly accountId?: string;
    /** GitHub's name for the person. */
    readonly login?: string;
    readonly planType?: string;
    /** What GitHub calls the kind of seat. */
    readonly sku?: string;
    /** RFC 3339 (https://www.rfc-editor.org/rfc/rfc3339): when the access token expires; it is then refreshed. */
    readonly expiresAt?: string;
    readonly quota?: Quota;
    /** Why the quota is not known. */
    readonly quotaError?: string;
}
/** The signed-in account and its remaining quota. */
export interface AccountReport {
    readonly info: AccountInfo;
    /** Prints when the access token expires, if the provider's tokens do. */
    readonly hasEndingToken?: boolean;
}
export interface SignIn<C = ConfigPlaces> {
    /** The command that signs in: `opencompat login copilot`. */
    readonly command: string;
    /** The first one is the default. */
    readonly ways: readonly SignInWay[];
    /** A program whose sign-in `login --import` takes over when no file is named. */
    readonly importsFrom?: {
        /** Where that program keeps its file. */
        path(): string;
        /** Told after something was taken over. */
        readonly warning: string;
    };
    /**
     * Signs in, keeps the sign-in, and tells the person how.
     * @throws SignInError, CredentialFileError
     */
    signIn(services: SignInServices<C>, way: SignInWay): Promise<void>;
    /** Revokes the sign-in at the provider, if possible, before it is deleted here. Never throws. */
    revoke(services: SignInServices<C>, credential: StoredCredential): Promise<void>;
    /** Undefined without a sign-in. @throws OpenCompatError for a sign-in that no longer works */
    report(services: SignInServices<C>): Promise<AccountReport | undefined>;
}
