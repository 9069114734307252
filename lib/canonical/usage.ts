/** What an answer has used, where two or three numbers are all that is known of it. */
import type { CanonicalUsage } from './types.ts';

/** Of counts of tokens. @param reasoningTokens those of `outputTokens` that were reasoning */
export function usageOf(inputTokens: number, outputTokens: number, reasoningTokens = 0): CanonicalUsage {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
    // What is not known of it is left out.
  } as CanonicalUsage;
}
