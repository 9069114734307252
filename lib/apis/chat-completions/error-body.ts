import type { PublicError } from '../../errors.ts';
import { toOpenAiError } from '../openai-error.ts';
import { toChatParam } from './params.ts';

/** @param body the client's: it has its fields in the form of this API, or of the Responses API */
export function toErrorBody(error: PublicError, body?: unknown): object {
  const { message, param } = error;
  if (!param) return toOpenAiError(error);
  const chatParam = toChatParam(param, body);
  return toOpenAiError({ ...error, message: message.replaceAll(`'${param}'`, `'${chatParam}'`), param: chatParam });
}
