/** Token counts of our own, for answers that are cut here and so end without the upstream's. */
import type { CanonicalRequest } from './types.ts';
/**
 * How much of the text can be encoded by itself and give the tokens it has in the whole: up to the last letter before a
 * character that is not a letter, or the last digit before a space. (o200k_base splits text into words before it merges; a word
 * may take in a character before it, but behind it only letters, marks and an apostrophe.) 0 without such a place.
 */
export declare function findTokenBoundary(text: string): number;
/** Exact, except for unbroken runs of more than 256 characters: one token too many at most for each 256. */
export declare function countTokens(text: string): number;
/** The start of the text that fits into `maxTokens` tokens, in whole characters. */
export declare function takeTokens(text: string, maxTokens: number): string;
/** The text of tokens; undefined when a number is not a token. */
export declare function decodeTokens(tokens: number[]): string | undefined;
/**
 * Counts a request's input tokens: those of its texts, tools and schemas; pictures and files by rule of thumb. Other requests
 * get their turn between pieces of the text.
 */
export declare function countInputTokens(request: CanonicalRequest): Promise<number>;
/** Estimates the same at once, from the start of the text. */
export declare function estimateInputTokens(request: CanonicalRequest): number;
/** Of text of so many bytes. */
export declare function roughTokens(bytes: number): number;
/** As `estimateInputTokens` without a tokenizer, for what has to cost next to nothing. */
export declare function roughInputTokens({ input, instructions, tools, text }: CanonicalRequest): number;
