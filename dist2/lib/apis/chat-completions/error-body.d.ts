import type { PublicError } from '../../errors.ts';
/** @param body the client's: it has its fields in the form of this API, or of the Responses API */
export declare function toErrorBody(error: PublicError, body?: unknown): object;
