import type { ResponseObject } from './response-object.ts';
/**
 * Turns a finished answer into a stream of the same items, each text in one delta.
 * @param startingAfter events up to this `sequence_number` are left out
 */
export declare function replayResponse(response: ResponseObject, startingAfter?: number): string;
