/**
 * The plan's remaining quota, from three sources: response headers, a vendor event of the stream, and `GET /wham/usage`. Every
 * field is optional everywhere; malformed ones count as absent. Nothing here throws.
 */
import type { Quota } from '../../canonical/quota.ts';
import type { UpstreamAnswer } from '../provider.ts';
/** From `x-codex-*` headers; a metered family's windows are named `<family>-primary`, `<family>-secondary`. */
export declare function quotaFromHeaders(headers: UpstreamAnswer['headers'], nowMs: number): Quota | undefined;
/** From the stream's `codex.rate_limits`; undefined for other events. */
export declare function quotaFromEvent(event: unknown, nowMs: number): Quota | undefined;
/** From the body of `GET /wham/usage`. */
export declare function quotaFromUsage(usage: unknown, nowMs: number): Quota | undefined;
