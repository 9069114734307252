import type { PublicError } from '../../errors.ts';
import { toChatParam } from './params.ts';

export function toErrorBody({ message, type, param, code, extra }: PublicError): object {
  return { error: { message, type, param: param && toChatParam(param), code, ...extra } };
}
