import type { Readiness } from './provider.ts';
/** The state of a sign-in that is known without I/O. */
export interface KnownSignIn {
    /** Undefined without a sign-in that may still work. */
    peek(): unknown;
    /** Is there a sign-in at all, working or not? */
    exists(): boolean;
    /** Is there a credential file that could not be read? */
    isUnreadable(): boolean;
    /** Was it renewed, and could not be saved? Default: never. */
    isUnsaved?(): boolean;
    /** When it was made or last refreshed, in Unix milliseconds. */
    renewedAtMs?(): number | undefined;
}
/** The readiness of a provider that needs a sign-in. @param login the command that signs in */
export declare function readinessOf(signIn: KnownSignIn, { title, login }: {
    title: string;
    login: string;
}): Readiness;
