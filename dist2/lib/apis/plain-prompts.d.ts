/** Instructions that make a chat model act as a completion model: continue a text, or fill its gap. */
import type { CanonicalInputItem } from '../canonical/types.ts';
/** A conversation whose answer is the continuation of the text. */
export declare function toContinuation(text: string): CanonicalInputItem[];
/** A conversation whose answer is the text between the two texts. */
export declare function toGapFilling(before: string, after: string): CanonicalInputItem[];
