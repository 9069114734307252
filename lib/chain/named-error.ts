import { OpenCompatError } from '../errors.ts';
import { isA } from '../thrown.ts';

/** Errors of the table go to the client as they are; any other error is a failure of the box. */
export function asNamedError(error: unknown, middleware: string): OpenCompatError {
  if (isA(error, OpenCompatError)) return error;
  return new OpenCompatError('OC_MIDDLEWARE_FAILED', { middleware }, { cause: error });
}

/** Runs what a box has given. @throws OpenCompatError that names the box */
export function runNamed(middleware: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    throw asNamedError(error, middleware);
  }
}
