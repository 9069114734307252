import type { PublicError } from '../../errors.ts';
export declare function toErrorBody(error: PublicError): object;
