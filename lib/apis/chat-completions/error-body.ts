import type { PublicError } from '../../errors.ts';
import { toOpenAiError } from '../openai-error.ts';
import { toChatParam } from './params.ts';

export function toErrorBody(error: PublicError): object {
  const { message, param } = error;
  if (!param) return toOpenAiError(error);
  const chatParam = toChatParam(param);
  return toOpenAiError({ ...error, message: message.replaceAll(`'${param}'`, `'${chatParam}'`), param: chatParam });
}
