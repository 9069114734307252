import type { CanonicalUsage } from '../../canonical/types.ts';
interface ChatUsage {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    prompt_tokens_details: {
        cached_tokens: number;
        cache_write_tokens?: number;
        audio_tokens: number;
    };
    completion_tokens_details: {
        reasoning_tokens: number;
        audio_tokens: number;
        accepted_prediction_tokens: number;
        rejected_prediction_tokens: number;
    };
}
/**
 * The usage of an answer: as in the OpenAI API, the prompt counts once for any number of choices, and the choices' tokens are
 * added up. Undefined when the upstream reported none.
 */
export declare function toChatUsage(choices: readonly (CanonicalUsage | null | undefined)[]): ChatUsage | undefined;
/** An upstream's usage. Invalid counts become 0; undefined when the upstream reports no usage. */
export declare function fromChatUsage(value: unknown): CanonicalUsage | undefined;
export {};
