import type { PublicError } from '../errors.ts';
/** The error object of OpenAI's APIs. */
export declare function toOpenAiError({ message, type, param, code, extra }: PublicError): object;
