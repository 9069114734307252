import { OpenCompatError } from '../errors.ts';
/** Errors of the table go to the client as they are; any other error is a failure of the box. */
export declare function asNamedError(error: unknown, middleware: string): OpenCompatError;
