/** Reads an upstream's answer as events: bytes → decoder → regulariser → transforms → sink, one flush per socket read. */
import type { DecoderOptions, UpstreamApi } from '../apis/api.ts';
import type { EventTransform } from '../canonical/event-transform.ts';
import type { CanonicalEvent, CanonicalResponse } from '../canonical/types.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import type { EventLimits } from './sse.ts';
import { type ReaderOptions } from './upstream-reader.ts';
/** Where the canonical events of an answer go. */
export interface AnswerSink {
    accept(event: CanonicalEvent, choice: number): void;
    /** Hands what was accepted since the last flush to the client. false: wait for `drained` before more is read. */
    flush(): boolean;
    /** Resolves when the client has taken what was flushed. */
    drained(): Promise<void>;
}
export interface EventsOptions extends ReaderOptions, EventLimits {
    sink: AnswerSink;
    /** The API that the upstream speaks. */
    api: UpstreamApi;
    /** Its `model` is the provider's name for the model. */
    facts: Omit<DecoderOptions, 'onEvent' | 'onVendorEvent'>;
    transforms: readonly EventTransform[];
    onVendorEvent(event: {
        type: string;
    }): void;
    /** The first event that shows the model at work. */
    onFirstEvent(): void;
    /** The sink has accepted the terminal event, whose response this is; called before what is pending is flushed. */
    onComplete(response: CanonicalResponse): void;
    /** Most bytes of an answer that comes whole, as JSON, instead of as a stream. */
    maxAnswerBytes: number;
    /** Of the texts of a stream, which its last events repeat, in characters. */
    maxStreamBytes: number;
}
/**
 * Resolves when the choice is complete and the sink has accepted its terminal event. The rest of the upstream's stream is read
 * and discarded, so that the connection can be reused; if a transform cut the answer short, the upstream is aborted.
 * @throws OpenCompatError for a failure event, bytes that are not an answer of the API, and what `UpstreamReader.read` throws
 */
export declare function readEvents(answer: UpstreamAnswer, choice: number, options: EventsOptions): Promise<void>;
