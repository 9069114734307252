import type { CanonicalResponse, CanonicalUsage } from '../../canonical/types.ts';

export interface MessagesUsage {
  /** Without tokens read from or written to the prompt cache. */
  input_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  output_tokens: number;
  output_tokens_details?: { thinking_tokens: number };
  /** How fast the answer was made, for clients that asked for it fast. */
  speed?: 'standard' | 'fast';
  server_tool_use?: { web_search_requests: number; web_fetch_requests: number };
}

/** Compatible servers leave parts of the usage out. */
type UpstreamUsage = Partial<Omit<CanonicalUsage, 'input_tokens_details' | 'output_tokens_details'>> & {
  input_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number } | null;
  output_tokens_details?: { reasoning_tokens?: number } | null;
};

/** Zeros: before the answer nothing is known. Clients use the later, cumulative count. */
export const noUsage: MessagesUsage = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
};

/** Missing counts are 0: SDKs require the numbers. */
export function toMessagesUsage(
  { usage, service_tier: tier }: Pick<CanonicalResponse, 'usage' | 'service_tier'>,
  { webSearches, speed }: { webSearches: number; speed?: string | null },
): MessagesUsage {
  const { input_tokens = 0, output_tokens = 0, ...details } = (usage ?? {}) as UpstreamUsage;
  const cacheRead = details.input_tokens_details?.cached_tokens ?? 0;
  const cacheWrite = details.input_tokens_details?.cache_write_tokens ?? 0;
  const reasoning = details.output_tokens_details?.reasoning_tokens;
  return {
    input_tokens: Math.max(0, input_tokens - cacheRead - cacheWrite),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    output_tokens,
    ...(reasoning !== undefined && { output_tokens_details: { thinking_tokens: reasoning } }),
    ...(speed && { speed: tier === 'priority' ? 'fast' : 'standard' }),
    ...(webSearches > 0 && { server_tool_use: { web_search_requests: webSearches, web_fetch_requests: 0 } }),
  };
}
