import type { ChoiceLogprobs } from '../chat-completions/answer-delta.ts';
/** Lists of one entry for each token. */
export interface CompletionLogprobs {
    tokens: string[];
    token_logprobs: number[];
    /** By the token's text; null where no alternatives were asked for. */
    top_logprobs: Record<string, number>[] | null;
    /** Where each token begins in the choice's text, in characters. */
    text_offset: number[];
}
/** @param offset where their text begins */
export declare function toCompletionLogprobs({ content }: ChoiceLogprobs, offset: number): CompletionLogprobs;
/** Adds to the gathered answer in place: there may be tens of thousands. */
export declare function addLogprobs(sum: CompletionLogprobs | null, more: CompletionLogprobs): CompletionLogprobs;
/** Counts Unicode characters, as Python and so the OpenAI API do. */
export declare function countCharacters(text: string): number;
