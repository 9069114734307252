import type { EventTransform } from '../../canonical/event-transform.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
/**
 * Ends a choice after so many tokens of text, refusal and tool arguments, as incomplete (`max_output_tokens`). Tokens of
 * reasoning are unknown here, and so not counted. Make one for each choice.
 * @param request for the usage of an answer that was cut short
 */
export declare function createTokenLimitTransform(maxTokens: number, request: CanonicalRequest): EventTransform;
