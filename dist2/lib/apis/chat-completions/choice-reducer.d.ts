/**
 * Canonical events → the deltas of a Chat Completions answer. One reducer for both kinds of answer: a stream sends the deltas,
 * an answer in one piece adds them up.
 */
import { type EventVisitor } from '../../canonical/event-visitor.ts';
import { type CanonicalEvent, type CanonicalOutputItem, type CanonicalResponse } from '../../canonical/types.ts';
import type { ReasoningCompat } from '../api.ts';
import type { DeltaSink } from './answer-delta.ts';
export interface ReducerOptions {
    reasoningCompat: ReasoningCompat;
    /** Give the tool call as `function_call`, the form that came before `tool_calls`. */
    isLegacy: boolean;
    /** Hand on what an upstream of this API wants back: behind the ids of calls, else beside the message. */
    hasServerState: boolean;
}
type TextDelta = Extract<CanonicalEvent, {
    type: 'response.output_text.delta';
}>;
/** The state of one choice. Its events are regular, except for changes by transforms: only deltas hold text. */
export declare class ChoiceReducer implements EventVisitor {
    #private;
    constructor(sink: DeltaSink, { reasoningCompat, isLegacy, hasServerState }: ReducerOptions);
    reduce(event: CanonicalEvent): void;
    text({ output_index, content_index, delta, logprobs }: TextDelta): void;
    refusal(outputIndex: number, contentIndex: number, refusal: string): void;
    citation(outputIndex: number, contentIndex: number, annotation: unknown): void;
    reasoning(outputIndex: number, partIndex: number, isRaw: boolean, text: string): void;
    itemAdded(outputIndex: number, item: CanonicalOutputItem): void;
    callInput(outputIndex: number, text: string): void;
    itemDone(_outputIndex: number, item: CanonicalOutputItem): void;
    end(response: CanonicalResponse): void;
}
export {};
