import { OpenCompatError } from '../errors.ts';

/** Errors of the table are meant for the client; anything else is the box's own failure. */
export function asNamedError(error: unknown, middleware: string): OpenCompatError {
  if (error instanceof OpenCompatError) return error;
  return new OpenCompatError('OC_MIDDLEWARE_FAILED', { middleware }, { cause: error });
}
