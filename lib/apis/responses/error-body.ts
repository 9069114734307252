import type { PublicError } from '../../errors.ts';

export function toErrorBody({ message, type, param, code, extra }: PublicError): object {
  return { error: { message, type, param, code, ...extra } };
}
