/** A provider's quota for people and programs: the console, metrics and the command line. */
import type { Quota } from '../canonical/quota.ts';
import type { OpenQuota } from './quota-book.ts';
/** One window. Times are ISO 8601. */
export interface QuotaLine {
    /** By its length, and what it counts: `week`, `5 hours`, `month (AI credits)`. */
    readonly label: string;
    /** Its length; null where the provider does not tell. */
    readonly minutes: number | null;
    /** 0–100. */
    readonly usedPercent: number;
    /** null where it is not known. */
    readonly resetsAt: string | null;
    /** How much of the window is over, in percent. */
    readonly pacePercent?: number;
    /** When nothing is left at this pace; absent where it lasts. */
    readonly runsDryAt?: string;
    readonly note?: string;
}
/** The windows of a provider, the shortest first. @param quota as a provider has told it, or as it is known */
export declare function describeQuota(quota: Quota | OpenQuota | undefined, nowMs: number): QuotaLine[];
