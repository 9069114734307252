/** The limits of client keys: what a request will use is counted before it runs, and corrected when it has ended. */
import { OpenCompatError } from '../errors.ts';
import type { ClientKey } from './client-keys.ts';
import type { LimitCounts, OpenLimit } from './limit-counts.ts';
import type { CostOf } from './prices.ts';
import { type Amounts, type Measure, nanoPerUsd, type WindowName, windowAt } from './windows.ts';

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

/** Waits this long are nothing to repeat a request for, in seconds. */
const longestRetryS = 60;

const errorOf = {
  requests: 'OC_KEY_REQUEST_LIMIT',
  tokens: 'OC_KEY_TOKEN_LIMIT',
  cost: 'OC_KEY_COST_LIMIT',
} as const satisfies Record<Measure, string>;

/**
 * @param atMs when the request came
 * @param estimate what it will use, as far as that is known
 * @param tell is given how the key stands, also when a limit is reached
 * @throws OpenCompatError for a limit that is reached
 */
export async function reserve(
  counts: LimitCounts,
  key: ClientKey,
  atMs: number,
  estimate: Amounts,
  tell: (standings: readonly Standing[]) => void,
): Promise<Reservation> {
  const limits = openLimits(key, atMs);
  const taken = await counts.take(key.id, limits, estimate);
  const standings = limits.map((limit, index) => toStanding(limit, taken.used[index]!));
  tell(standings);
  if (taken.reached) throw limitReached(key, taken.reached, atMs);
  let isSettled = false;
  return {
    standings,
    settle(used) {
      if (isSettled) return;
      isSettled = true;
      counts.correct(key.id, limits, {
        requests: used.requests - estimate.requests,
        tokens: used.tokens - estimate.tokens,
        cost: used.cost - estimate.cost,
      });
    },
  };
}

/**
 * How a key stands at a time, without anything being counted.
 * @returns `refusal`: what a request would be refused with
 */
export async function lookAtLimits(
  counts: LimitCounts,
  key: ClientKey,
  atMs: number,
): Promise<{ standings: readonly Standing[]; refusal: OpenCompatError | undefined }> {
  const limits = openLimits(key, atMs);
  const { used, reached } = await counts.take(key.id, limits, { requests: 0, tokens: 0, cost: 0 });
  return {
    standings: limits.map((limit, index) => toStanding(limit, used[index]!)),
    refusal: reached && limitReached(key, reached, atMs),
  };
}

/** Limits of one window share it. */
function openLimits({ limits }: ClientKey, atMs: number): OpenLimit[] {
  const windows = new Map(limits.map(({ window }) => [window, windowAt(window, atMs)] as const));
  return limits.map((limit) => ({ ...limit, open: windows.get(limit.window)! }));
}

function toStanding({ measure, window, limit, open }: OpenLimit, used: number): Standing {
  return { measure, window, limit, remaining: Math.max(0, limit - used), endMs: open.endMs };
}

function limitReached({ name }: ClientKey, { measure, limit, window, open }: OpenLimit, atMs: number): OpenCompatError {
  const retryAfterS = Math.max(1, Math.ceil((open.endMs - atMs) / 1000));
  const details = {
    key: name,
    limit: measure === 'cost' ? limit / nanoPerUsd : limit,
    window: window satisfies WindowName,
    resetsAt: new Date(open.endMs).toISOString().replace('.000', ''),
    retryAfterS,
  };
  const headers = retryAfterS > longestRetryS ? { 'x-should-retry': 'false' } : undefined;
  return new OpenCompatError(errorOf[measure], details, { retryAfterS, ...(headers && { headers }) });
}
