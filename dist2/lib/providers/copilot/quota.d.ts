/**
 * The seat's remaining quota, from three sources: response headers, the same data in the stream, and GitHub's API for the
 * account. Every field is optional everywhere; malformed ones count as absent. Nothing here throws.
 */
import type { Quota } from '../../canonical/quota.ts';
import { type Json } from '../../lenient-json.ts';
import type { UpstreamAnswer } from '../provider.ts';
/** From `x-quota-snapshot-*` headers. */
export declare function quotaFromHeaders(headers: UpstreamAnswer['headers'], nowMs: number): Quota | undefined;
/** From an event of the stream; undefined for other events. */
export declare function quotaFromEvent(event: unknown, nowMs: number): Quota | undefined;
/** GitHub's data about the account's seat. */
export interface CopilotAccount {
    login?: string;
    planType?: string;
    sku?: string;
    quota: Quota;
}
/** From the body of `GET /copilot_internal/user`; the free plan tells its quota in a form of its own. */
export declare function readAccount(body: Json | undefined, nowMs: number): CopilotAccount | undefined;
