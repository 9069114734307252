/** Text that comes in deltas: a part of a message or of reasoning, or the input of a call. */
import { type Json } from '../lenient-json.ts';
export type RunKind = 'output_text' | 'refusal' | 'reasoning_text' | 'summary_text' | 'arguments' | 'input';
interface KindFacts {
    /** The names of its events, without `.delta` and `.done`. */
    readonly event: string;
    /** The field that holds its whole text in the `.done` event and in the item. */
    readonly field: 'text' | 'refusal' | 'arguments' | 'input';
    /** The field that holds its index in the item; absent: the item has only this one. */
    readonly index?: 'content_index' | 'summary_index';
    /** The names of the events that open and close it, without `.added` and `.done`. */
    readonly part?: string;
}
export declare const runKinds: {
    readonly output_text: {
        readonly event: 'response.output_text';
        readonly field: 'text';
        readonly index: 'content_index';
        readonly part: 'response.content_part';
    };
    readonly refusal: {
        readonly event: 'response.refusal';
        readonly field: 'refusal';
        readonly index: 'content_index';
        readonly part: 'response.content_part';
    };
    readonly reasoning_text: {
        readonly event: 'response.reasoning_text';
        readonly field: 'text';
        readonly index: 'content_index';
        readonly part: 'response.content_part';
    };
    readonly summary_text: {
        readonly event: 'response.reasoning_summary_text';
        readonly field: 'text';
        readonly index: 'summary_index';
        readonly part: 'response.reasoning_summary_part';
    };
    readonly arguments: {
        readonly event: 'response.function_call_arguments';
        readonly field: 'arguments';
    };
    readonly input: {
        readonly event: 'response.custom_tool_call_input';
        readonly field: 'input';
    };
};
/** A run's place, which each of its events names. */
export interface RunPlace {
    readonly item_id: string;
    readonly output_index: number;
    readonly content_index?: number;
    readonly summary_index?: number;
}
export declare class TextRun {
    #private;
    readonly kind: RunKind;
    readonly facts: KindFacts;
    readonly place: RunPlace;
    /** Further fields of its `.done` event. */
    readonly doneFields: object;
    readonly annotations: unknown[];
    readonly logprobs: unknown[];
    /** Its `.done` event has been sent. */
    isTextDone: boolean;
    /** The upstream has closed its part, but without the text. */
    isOver: boolean;
    /** The part around it has been closed. */
    isClosed: boolean;
    /** The upstream's further fields of the finished part. */
    part: object;
    constructor(kind: RunKind, place: RunPlace, doneFields?: object);
    add(delta: string): void;
    get text(): string;
    /** The part as it is when it is opened. */
    get emptyPart(): object;
    get finishedPart(): object;
}
/** Undefined for parts that this version does not know: they come with their finished item. */
export declare function toRunKind(type: unknown): RunKind | undefined;
export declare function isUnknownPart({ type }: Json): boolean;
export declare function asParts(value: unknown): Json[];
export declare function hasText(runs: ReadonlyMap<number, TextRun>): boolean;
export declare function finishedParts(runs: ReadonlyMap<number, TextRun>): object[];
export {};
