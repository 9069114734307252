import type { PublicError } from '../errors.ts';

/** The error object of OpenAI's APIs. */
export function toOpenAiError({ message, type, param, code, extra }: PublicError): object {
  return { error: { message, type, param, code, ...extra } };
}
