/**
 * Quota windows in the rate-limit headers of servers. There is no standard that they follow; read are the forms of OpenAI
 * (`x-ratelimit-remaining-requests`, https://developers.openai.com/api/docs/guides/rate-limits), those that add a window's
 * length (`x-ratelimit-limit-requests-day`), and Anthropic's (`anthropic-ratelimit-requests-remaining`,
 * `anthropic-ratelimit-unified-5h-utilization`, https://docs.claude.com/en/api/rate-limits). Malformed ones count as absent.
 * Nothing here throws.
 */
import type { Quota } from '../canonical/quota.ts';
import type { UpstreamAnswer } from './provider.ts';
/** Undefined without any window. */
export declare function quotaFromRateLimits(headers: UpstreamAnswer['headers'], nowMs: number): Quota | undefined;
