import type { CanonicalResponse } from '../../canonical/types.ts';
export interface MessagesUsage {
    /** Without tokens read from or written to the prompt cache. */
    input_tokens: number;
    cache_creation_input_tokens: number;
    cache_read_input_tokens: number;
    output_tokens: number;
    output_tokens_details?: {
        thinking_tokens: number;
    };
    /** How fast the answer was made, for clients that asked for it fast. */
    speed?: 'standard' | 'fast';
    server_tool_use?: {
        web_search_requests: number;
        web_fetch_requests: number;
    };
}
/** Zeros: before the answer nothing is known. Clients use the later, cumulative count. */
export declare const noUsage: MessagesUsage;
/** Missing counts are 0: SDKs require the numbers. */
export declare function toMessagesUsage({ usage, service_tier: tier }: Pick<CanonicalResponse, 'usage' | 'service_tier'>, { webSearches, speed }: {
    webSearches: number;
    speed?: string | null;
}): MessagesUsage;
