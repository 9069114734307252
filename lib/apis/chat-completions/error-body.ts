import type { PublicError } from '../../errors.ts';
import { toChatParam } from './params.ts';

export function toErrorBody({ message, type, param, code, extra }: PublicError): object {
  if (!param) return { error: { message, type, param, code, ...extra } };
  const chatParam = toChatParam(param);
  const ownWords = message.replaceAll(`'${param}'`, `'${chatParam}'`);
  return { error: { message: ownWords, type, param: chatParam, code, ...extra } };
}
