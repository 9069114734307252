/**
 * Canonical events → the content blocks of a Messages answer. One reducer for both kinds of answer: a stream sends the deltas,
 * an answer in one piece adds them up.
 */
import { type EventVisitor } from '../../canonical/event-visitor.ts';
import { type CanonicalEvent, type CanonicalOutputItem, type CanonicalResponse } from '../../canonical/types.ts';
import type { BlockDelta, ContentBlock, StopReason } from './blocks.ts';
export interface MessageEnd {
    reason: StopReason;
    /** The one of the request's stop sequences that ended the answer. */
    stopSequence: string | null;
    response: CanonicalResponse;
    /** The number of searches that were shown. */
    webSearches: number;
}
/** Takes an answer's blocks: one after the other, each started, added to, stopped. */
export interface BlockSink {
    start(block: ContentBlock): void;
    /** A delta of text: a method of its own because it is called tens of thousands of times. */
    text(text: string): void;
    delta(delta: BlockDelta): void;
    stop(): void;
    finish(end: MessageEnd): void;
}
export interface ReducerOptions {
    /** Shows reasoning as thinking blocks. */
    hasThinking: boolean;
    /** Shows the text of the reasoning too, rather than only the signature that is sent back. */
    hasThinkingText: boolean;
    /** Shows searches of the web as blocks. */
    hasWebSearch: boolean;
    /** The stop sequences of the request: an upstream may name others, of its own. */
    stopSequences: readonly string[];
}
/**
 * The state of one answer. Its events are regular, except for changes by transforms: only deltas hold text.
 *
 * Blocks must not overlap, but items may be interleaved: events of another item wait until the current item is done.
 */
export declare class MessageReducer implements EventVisitor {
    #private;
    constructor(sink: BlockSink, options: ReducerOptions);
    reduce(event: CanonicalEvent): void;
    text({ output_index, content_index, delta }: Parameters<EventVisitor['text']>[0]): void;
    refusal(outputIndex: number, contentIndex: number, refusal: string): void;
    citation(outputIndex: number, contentIndex: number, annotation: unknown): void;
    reasoning(outputIndex: number, partIndex: number, isRaw: boolean, text: string): void;
    itemAdded(outputIndex: number, item: CanonicalOutputItem): void;
    callInput(outputIndex: number, text: string): void;
    itemDone(outputIndex: number, item: CanonicalOutputItem): void;
    end(response: CanonicalResponse): void;
}
