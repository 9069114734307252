/** Completions request → canonical request: each prompt becomes a conversation of its own. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { RequestContext } from '../api.ts';
import { type CompletionRequest } from './schema.ts';
/**
 * Without `max_tokens` the model ends where it likes. (OpenAI stops after 16 tokens, which no client relies on and no reader
 * expects.)
 * @throws OpenCompatError OC_INVALID_TYPE for a list of mixed kinds, OC_INVALID_VALUE for unknown tokens and for lists that are
 *   too long
 */
export declare function toCanonical(body: CompletionRequest, context: RequestContext): CanonicalRequest;
export declare function isStreaming({ stream }: CompletionRequest): boolean;
/**
 * The texts to complete, in order.
 * @throws OpenCompatError as `toCanonical`
 */
export declare function readPrompts({ prompt }: CompletionRequest): string[];
