/**
 * Changes the text of an answer as it streams. What may be the beginning of a word or of a match is held back until the text goes
 * on, or ends; so a change never depends on where the deltas are cut.
 */
import type { EventTransform } from '../../canonical/event-transform.ts';
/** `text`: what the model says. `refusal`: why it declines. `reasoning`: its thoughts. `arguments`: what it calls tools with. */
export type AnswerTextKind = 'text' | 'refusal' | 'reasoning' | 'arguments';
export interface TextPlace {
    readonly kind: AnswerTextKind;
    /** 0 unless the request asks for several answers. */
    readonly choice: number;
}
/** Changes whole words: gets a stretch of text that ends at a space, or at the end. @returns what takes its place */
export type ChangeText = (text: string, place: TextPlace) => string;
export interface TextPattern {
    /** The matches; its flag `g` is implied. Look-behind sees up to `maxLength` characters. */
    readonly pattern: RegExp;
    /** Longest match, in UTF-16 units: as much is held back. 1 to 4096, default 256. */
    readonly maxLength?: number;
    /** Takes the place of a match. */
    replace(match: string, place: TextPlace): string;
    /** Default: all but `arguments`. */
    readonly kinds?: readonly AnswerTextKind[];
}
/** @throws RangeError for a `maxLength` out of range */
export declare function createTextTransform(change: ChangeText | TextPattern): EventTransform;
