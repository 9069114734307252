/** The windows in which the use of a client key is limited: the minute, hour, day and month of UTC. */

import type { keyLimitsSchema } from '../config/client-key-schema.ts';
import type { FromSchema } from '../json-schema.ts';

export const measures = ['requests', 'tokens', 'cost'] as const;
export type Measure = (typeof measures)[number];
/** The longest first: of several that are spent, it is the one that says when to come back. */
export const windowNames = ['month', 'day', 'hour', 'minute'] as const;
export type WindowName = (typeof windowNames)[number];

/** What is counted, in whole numbers. */
export interface Amounts {
  requests: number;
  tokens: number;
  /** Billionths of a USD. */
  cost: number;
}

export const nanoPerUsd = 1_000_000_000;

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

const msPer = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

export function windowAt(name: WindowName, atMs: number): Window {
  if (name === 'month') {
    const date = new Date(atMs);
    const startOf = (months: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months);
    return { name, startMs: startOf(0), endMs: startOf(1) };
  }
  const startMs = atMs - (atMs % msPer[name]);
  return { name, startMs, endMs: startMs + msPer[name] };
}

/** The limits of a key in one list, those of the longest windows first. */
export function readLimits(written: FromSchema<typeof keyLimitsSchema> = {}): readonly KeyLimit[] {
  const limits: KeyLimit[] = [];
  for (const window of windowNames) {
    for (const measure of measures) {
      const limit = written[measure]?.[window];
      if (limit === undefined) continue;
      limits.push({ window, measure, limit: measure === 'cost' ? Math.round(limit * nanoPerUsd) : limit });
    }
  }
  return limits;
}
