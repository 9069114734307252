/** What an answer has used, where two or three numbers are all that is known of it. */
import type { CanonicalUsage } from './types.ts';
/** Of counts of tokens. @param reasoningTokens those of `outputTokens` that were reasoning */
export declare function usageOf(inputTokens: number, outputTokens: number, reasoningTokens?: number): CanonicalUsage;
