import type { Json } from '../lenient-json.ts';
import type { TextRun } from './text-run.ts';
import type { CanonicalEvent, CanonicalResponse } from './types.ts';
/** An event that adds to a run of text. */
export type DeltaEvent = Extract<CanonicalEvent, {
    type: 'response.output_text.delta' | 'response.refusal.delta' | 'response.reasoning_text.delta' | 'response.reasoning_summary_text.delta' | 'response.function_call_arguments.delta' | 'response.custom_tool_call_input.delta';
}>;
/** Takes the regular events in order. */
export interface RegularSink {
    /**
     * The next piece of a run: a method of its own because it is called tens of thousands of times.
     * @param event the delta event that the text comes from; absent: another event held it
     */
    delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined, event?: DeltaEvent): void;
    event(type: string, fields: object): void;
    /** The terminal event. @param output the items written so far */
    end(status: 'completed' | 'incomplete', response: CanonicalResponse, output: readonly object[]): void;
}
export interface RunWriterOptions {
    /**
     * Where the events come from. From an upstream, a text counts wherever it first comes: in deltas, in a `done` event, in the
     * finished part or item, in the terminal event. From transforms, which see regular events, only deltas count, so that what a
     * transform has dropped stays dropped.
     */
    source: 'upstream' | 'transforms';
    /** Most characters of an answer that are held for the events that repeat its texts. Default: no limit. */
    maxCharacters?: number;
}
export declare class RunWriter {
    #private;
    constructor(sink: RegularSink, { source, maxCharacters }: RunWriterOptions);
    /** @throws OpenCompatError OC_UPSTREAM_ERROR when the answer is longer than may be held */
    hold(characters: number): void;
    /** @throws OpenCompatError OC_UPSTREAM_ERROR for an answer of more items and parts than `maxOpened` */
    countOpened(): void;
    /** @param event the delta event that the text comes from, if any */
    send(run: TextRun, text: string, logprobs?: readonly unknown[], event?: DeltaEvent): void;
    open(run: TextRun): void;
    /** The upstream's `done` event of a text, with the whole text. */
    offerText(run: TextRun, text: unknown, logprobs?: readonly unknown[]): void;
    /** The upstream's `done` event of a part, with the whole part. */
    offerPart(run: TextRun, part: Json): void;
    /** @param part as the upstream gives it; absent where it sent none */
    close(run: TextRun, part?: Json): void;
    annotate(run: TextRun, annotation: unknown): void;
}
