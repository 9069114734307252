/** Bounds on the structure of foreign JSON, looked at before it is parsed: parsing is what costs. */
/**
 * Objects, lists, keys and texts in the whole of a request: 8,000 turns of an agent have so many, and reading, checking and
 * translating them takes 100 ms (measured 2026-11).
 */
export declare const usualMaxValues = 100000;
/**
 * Deepest nesting: recursive functions such as `JSON.stringify` overflow the stack at some thousands of levels. Real bodies
 * stay far below; schemas of structured outputs have ten.
 */
export declare const maxDepth = 512;
/**
 * Longest number, in characters: reading ten million digits takes 220 ms (measured 2026-11). The longest that a double needs has
 * 767 (https://en.wikipedia.org/wiki/Double-precision_floating-point_format).
 */
export declare const maxNumberLength = 1000;
/** Why a text is not parsed. */
export type Excess = 'too many values' | 'too deep' | 'too long a number';
/** Counts the values of one or several texts, up to a limit for all together. */
export declare class ValueBudget {
    #private;
    /** @param maxValues objects, lists, keys and texts; a number counts as a quarter of one */
    constructor(maxValues: number);
    /** In one pass, in which nothing is looked at twice. What is not JSON may pass: the parser refuses it. */
    spend(json: string): Excess | undefined;
    /** Undefined for what is not JSON, and for what is more than is left. */
    parse(json: string): unknown;
}
