/**
 * Canonical events → the events of a Responses answer as its strictest clients read them: `response.created` first, then the
 * events that the transforms have passed on, made regular once more.
 */
import { type RegulariserOptions } from '../../canonical/regulariser.ts';
import type { RegularSink } from '../../canonical/run-writer.ts';
import type { TextRun } from '../../canonical/text-run.ts';
import type { CanonicalEvent, CanonicalResponse } from '../../canonical/types.ts';
import type { PublicError } from '../../errors.ts';
import { type ResponseObject } from './response-object.ts';
/** Takes the events in order. */
export interface EventSink {
    /** The next piece of a run: a method of its own because it is called tens of thousands of times. */
    delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined): void;
    event(type: string, fields: object): void;
}
export interface AnswerWriterOptions extends RegulariserOptions {
    /** The empty answer at its beginning. */
    response: ResponseObject;
    /** Takes the finished answer. */
    keep?(response: CanonicalResponse): void;
}
export declare class AnswerWriter implements RegularSink {
    #private;
    constructor(sink: EventSink, { response, keep, ...options }: AnswerWriterOptions);
    /** The answer so far; complete after the terminal event. */
    get response(): ResponseObject;
    take(event: CanonicalEvent): void;
    /** Ends the answer with an error. @param isJoined has somebody else written what came before? */
    fail(error: PublicError, isJoined: boolean): void;
    delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined): void;
    event(type: string, fields: object): void;
    end(status: 'completed' | 'incomplete', response: CanonicalResponse, output: readonly object[]): void;
}
