/** Dispatches the regular events of an answer by kind: what the encoders of all APIs except Responses work with. */
import type { CanonicalEvent, CanonicalOutputItem, CanonicalResponse } from './types.ts';
type TextDelta = Extract<CanonicalEvent, {
    type: 'response.output_text.delta';
}>;
export interface EventVisitor {
    /** The next piece of a part of text. */
    text(event: TextDelta): void;
    refusal(outputIndex: number, contentIndex: number, delta: string): void;
    /** @param isRaw the reasoning itself rather than a summary of it */
    reasoning(outputIndex: number, partIndex: number, isRaw: boolean, delta: string): void;
    /** The next piece of a call's arguments, or of the text that a custom tool is given. */
    callInput(outputIndex: number, delta: string): void;
    citation(outputIndex: number, contentIndex: number, annotation: unknown): void;
    itemAdded(outputIndex: number, item: CanonicalOutputItem): void;
    itemDone(outputIndex: number, item: CanonicalOutputItem): void;
    end(response: CanonicalResponse): void;
}
/** Skips events that such a client has no use for, and those that this version does not know. */
export declare function visitEvent(event: CanonicalEvent, visitor: EventVisitor): void;
export {};
