/** Errors as Anthropic's clients know them: the type goes by the status. */
import type { PublicError } from '../../errors.ts';
import type { ErrorFacts } from '../api.ts';
export declare function toRequestId(id: string): string;
export declare function toErrorStatus({ status }: PublicError): number;
export declare function toErrorBody(error: PublicError, id: string, facts?: ErrorFacts): object;
