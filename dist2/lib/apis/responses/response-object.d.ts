import type { CanonicalUsage } from '../../canonical/types.ts';
import type { PublicError } from '../../errors.ts';
import type { AnswerContext } from '../api.ts';
import type { ResponsesRequest } from './schema.ts';
export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';
/** What the object says beside what the client sent. */
export type ResponseFacts = Pick<AnswerContext, 'id' | 'createdS' | 'model' | 'request' | 'keep'>;
/** A Response object: the request's parameters as the client sent them, and the answer. */
export interface ResponseObject {
    readonly id: string;
    readonly object: 'response';
    readonly status: ResponseStatus;
    readonly output: readonly object[];
    readonly usage: object | null;
    readonly [field: string]: unknown;
}
/**
 * The object as it is while the answer is being made. It echoes exactly the parameters that the client sent, even those that
 * the upstream does not take, and never instructions that this server added.
 */
export declare function createResponseObject(body: ResponsesRequest, context: ResponseFacts): ResponseObject;
/** Strict clients want every detail that the type has; compatible servers leave them out. */
export declare function toResponseUsage(usage: CanonicalUsage | null | undefined): object | null;
export declare function toResponseError({ code, message }: PublicError): object;
