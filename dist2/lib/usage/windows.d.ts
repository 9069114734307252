/** The windows in which the use of a client key is limited: the minute, hour, day and month of UTC. */
import type { keyLimitsSchema } from '../config/client-key-schema.ts';
import type { FromSchema } from '../json-schema.ts';
export declare const measures: readonly ['requests', 'tokens', 'cost'];
export type Measure = (typeof measures)[number];
/** The longest first: of several that are spent, it is the one that says when to come back. */
export declare const windowNames: readonly ['month', 'day', 'hour', 'minute'];
export type WindowName = (typeof windowNames)[number];
/** What is counted, in whole numbers. */
export interface Amounts {
    requests: number;
    tokens: number;
    /** Billionths of a USD. */
    cost: number;
}
export declare const nanoPerUsd = 1000000000;
export interface KeyLimit {
    readonly window: WindowName;
    readonly measure: Measure;
    /** In the unit of `Amounts`. */
    readonly limit: number;
}
export interface Window {
    readonly name: WindowName;
    /** Unix milliseconds. */
    readonly startMs: number;
    readonly endMs: number;
}
export declare function windowAt(name: WindowName, atMs: number): Window;
/** The limits of a key in one list, those of the longest windows first. */
export declare function readLimits(written?: FromSchema<typeof keyLimitsSchema>): readonly KeyLimit[];
