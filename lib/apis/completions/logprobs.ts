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
export function toCompletionLogprobs({ content }: ChoiceLogprobs, offset: number): CompletionLogprobs {
  let position = offset;
  const alternatives = content.map(({ top_logprobs }) => top_logprobs as { token: string; logprob: number }[]);
  return {
    tokens: content.map(({ token }) => token),
    token_logprobs: content.map(({ logprob }) => logprob),
    top_logprobs: alternatives.some(({ length }) => length > 0)
      ? alternatives.map((others) => Object.fromEntries(others.map(({ token, logprob }) => [token, logprob])))
      : null,
    text_offset: content.map(({ token }) => {
      const start = position;
      position += countCharacters(token);
      return start;
    }),
  };
}

/** Adds to the gathered answer in place: there may be tens of thousands. */
export function addLogprobs(sum: CompletionLogprobs | null, more: CompletionLogprobs): CompletionLogprobs {
  if (!sum) return more;
  more.tokens.forEach((token, index) => {
    sum.tokens.push(token);
    sum.token_logprobs.push(more.token_logprobs[index]!);
    sum.text_offset.push(more.text_offset[index]!);
    if (more.top_logprobs) sum.top_logprobs?.push(more.top_logprobs[index]!);
  });
  if (!more.top_logprobs) sum.top_logprobs = null;
  return sum;
}

/** Counts Unicode characters, as Python and so the OpenAI API do. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
