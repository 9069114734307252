import { Secret } from '../secret.ts';
export interface AuthAnswer {
    status: number;
    /** At most `maxAnswerBytes`. */
    body: string;
    retryAfterS?: number;
}
/** A failed sign-in. The message is for the person at the terminal. */
export declare class SignInError extends Error {
    readonly name = "SignInError";
}
/** A failure of the network on the way to a sign-in, in words. */
export declare function toSignInError(error: unknown): SignInError;
/** @throws SignInError for an address that would carry tokens in the clear (http other than loopback) */
export declare function checkSignInUrl(url: string, key: string): void;
/** Is it a server failure, which says nothing about the request? */
export declare function isPassing({ status }: AuthAnswer): boolean;
/** The signal, and the time that a sign-in server has to answer. */
export declare function withTimeout(signal?: AbortSignal): AbortSignal;
export declare function readAnswer(response: Response): Promise<AuthAnswer>;
/** The code stands at `error.code`, in `error` itself, or at `code`. */
export declare function readRefusal(body: string): {
    code?: string;
    message?: string;
};
export declare function refusal(what: string, answer: AuthAnswer): SignInError;
export declare function toSecret(value: unknown): Secret | undefined;
