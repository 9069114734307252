/** The one error type, made of a row of the table (error-table.ts) and the details of the case. */
import { type ErrorCode } from './error-table.ts';
export type { ErrorCode } from './error-table.ts';
export interface ErrorOptions {
    /** The request field at fault, as OpenAI writes it: `messages[1].content[0].type`. */
    param?: string;
    /** Overrides the row's public code with one the upstream gave (a string of the field's own list). */
    publicCode?: string;
    /** Overrides the row's type. */
    type?: string;
    /** Overrides the row's HTTP status with the upstream's, when it is more exact. */
    status?: number;
    /** Seconds until it makes sense to try again; sent as `retry-after`. */
    retryAfterS?: number;
    /** Further public keys of the error object, such as `resets_at`. Never a secret. */
    extra?: Record<string, unknown>;
    /** Further response headers, such as `allow`. */
    headers?: Record<string, string>;
    cause?: unknown;
}
/** What a client may see of an error; each client API's folder gives it its own shape. */
export interface PublicError {
    status: number;
    message: string;
    type: string;
    param: string | null;
    code: string | null;
    /** The details of the message, for an API with its own wording for a case. */
    details?: Readonly<Record<string, string | number>>;
    extra?: Record<string, unknown>;
}
/** The one error type. `details` fill the row's message; they are public, so never put a secret there. */
export declare class OpenCompatError extends Error {
    #private;
    readonly name = "OpenCompatError";
    readonly code: ErrorCode;
    readonly status: number;
    readonly public: PublicError;
    readonly headers: Readonly<Record<string, string>>;
    /** Seconds until it makes sense to try again, where known. */
    readonly retryAfterS: number | undefined;
    constructor(code: ErrorCode, details?: Record<string, string | number>, options?: ErrorOptions);
    /** The same error with another time to wait. */
    withRetryAfter(retryAfterS: number): OpenCompatError;
    /** May another provider answer instead? */
    get isForOthers(): boolean;
}
/** Any thrown value as the one error type: other values become an internal error, whose text clients never see. */
export declare function toOpenCompatError(thrown: unknown): OpenCompatError;
