/** Where an answer leaves the server: as a stream, written once per upstream read, or gathered into one body. */
import type { AnswerEncoder, StreamEncoder } from '../apis/api.ts';
import type { CanonicalEvent } from '../canonical/types.ts';
import type { PublicError } from '../errors.ts';
import type { ClientAnswer } from './client-answer.ts';
import type { AnswerSink } from './read-events.ts';
/** Ends the answer; called when every choice is complete. */
export interface ClosableSink extends AnswerSink {
    finish(): void;
    /** Stops after a failure: sends nothing more. */
    stop(): void;
}
/**
 * Events are held back until there is something to show, so that an upstream that fails right after `response.created` still
 * gets the client another model's answer, or a real HTTP status.
 */
export declare class StreamSink implements ClosableSink {
    #private;
    constructor(client: ClientAnswer, encoder: StreamEncoder);
    accept(event: CanonicalEvent, choice: number): void;
    flush(): boolean;
    drained(): Promise<void>;
    stop(): void;
    finish(): void;
    /** The text that ends the stream with an error. */
    fail(error: PublicError): string;
}
/** Gathers the same events into one JSON body. */
export declare class BodySink implements ClosableSink {
    #private;
    constructor(client: ClientAnswer, encoder: AnswerEncoder, maxBytes: number);
    accept(event: CanonicalEvent, choice: number): void;
    flush(): boolean;
    drained(): Promise<void>;
    stop(): void;
    finish(): void;
}
