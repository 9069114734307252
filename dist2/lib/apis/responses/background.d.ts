/** The Response objects of answers that are made in the background, from the one that their client is given at once. */
import type { PublicError } from '../../errors.ts';
import { type ResponseFacts, type ResponseObject } from './response-object.ts';
import type { ResponsesRequest } from './schema.ts';
/** Is the answer still being made? */
export declare function isRunning({ status }: {
    readonly status?: unknown;
}): boolean;
/** What a client is given at once. */
export declare function toQueued(body: ResponsesRequest, facts: ResponseFacts): ResponseObject;
export declare function toFailed(response: ResponseObject, error: PublicError): ResponseObject;
export declare function toCancelled(response: ResponseObject): ResponseObject;
/** The events that end a stream with an error. @param sent events that came before */
export declare function toFailureEvents(response: ResponseObject, error: PublicError, sent: number): string;
/** What an event says of the whole answer; undefined for all others, which are nearly all. */
export declare function readState(event: Buffer): ResponseObject | undefined;
