/** What is known of a provider's quota, gathered from all its answers. */
import type { Quota, QuotaWindow } from '../canonical/quota.ts';
export interface KnownWindow extends QuotaWindow {
    /** As the provider names it, unique among its windows. */
    readonly name: string;
    /** Unix milliseconds. */
    readonly seenAtMs: number;
}
export interface KnownQuota extends Pick<Quota, 'planType' | 'credits'> {
    readonly windows: readonly KnownWindow[];
    /** When any of it was told last, in Unix milliseconds. */
    readonly seenAtMs: number;
}
export declare function toKnown({ windows, planType, credits, seenAtMs }: Quota): KnownQuota;
/** Of the same window the one that was told last. */
export declare function merge(known: KnownQuota | undefined, told: KnownQuota): KnownQuota;
/**
 * The windows that still count. One whose time is over has begun anew, and is empty as far as is known; it is left out when
 * nobody tells of it for its whole length.
 */
export declare function openWindows({ windows }: KnownQuota, nowMs: number): KnownWindow[];
/** Is there anything in it that is worth keeping? */
export declare function isNews(before: KnownQuota | undefined, after: KnownQuota): boolean;
/** Reads what was kept; undefined for what is none. Never throws. */
export declare function readKnown(value: unknown): KnownQuota | undefined;
