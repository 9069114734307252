/** The limits of client keys: what a request will use is counted before it runs, and corrected when it has ended. */
import { OpenCompatError } from '../errors.ts';
import type { ClientKey } from './client-keys.ts';
import type { LimitCounts } from './limit-counts.ts';
import type { CostOf } from './prices.ts';
import { type Amounts, type Measure, type WindowName } from './windows.ts';
export interface KeyCharging {
    readonly counts: LimitCounts;
    readonly costOf: CostOf;
}
/** How a key stands by one of its limits. */
export interface Standing {
    readonly measure: Measure;
    readonly window: WindowName;
    readonly limit: number;
    readonly remaining: number;
    /** Unix milliseconds. */
    readonly endMs: number;
}
export interface Reservation {
    readonly standings: readonly Standing[];
    /** The request has ended. @param used all that it has used */
    settle(used: Amounts): void;
}
/**
 * @param atMs when the request came
 * @param estimate what it will use, as far as that is known
 * @param tell is given how the key stands, also when a limit is reached
 * @throws OpenCompatError for a limit that is reached
 */
export declare function reserve(counts: LimitCounts, key: ClientKey, atMs: number, estimate: Amounts, tell: (standings: readonly Standing[]) => void): Promise<Reservation>;
/**
 * How a key stands at a time, without anything being counted.
 * @returns `refusal`: what a request would be refused with
 */
export declare function lookAtLimits(counts: LimitCounts, key: ClientKey, atMs: number): Promise<{
    standings: readonly Standing[];
    refusal: OpenCompatError | undefined;
}>;
