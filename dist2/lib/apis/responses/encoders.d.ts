/** The two forms of an answer: events as server-sent events, or the one Response object that they end with. */
import type { TextRun } from '../../canonical/text-run.ts';
import { type AnswerContext, type AnswerEncoder, type StreamEncoder } from '../api.ts';
import { type EventSink } from './answer-writer.ts';
import type { ResponsesRequest } from './schema.ts';
/** Writes events between the texts that are the same for a whole run. */
export declare class WireSink implements EventSink {
    #private;
    /** @param firstNumber the `sequence_number` of the first event */
    constructor(firstNumber?: number);
    delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined): void;
    event(type: string, fields: object): void;
    /** What was written since the last call. */
    take(): string;
}
export declare function createStreamEncoder(body: ResponsesRequest, context: AnswerContext): StreamEncoder;
export declare function createAnswerEncoder(body: ResponsesRequest, context: AnswerContext): AnswerEncoder;
