import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when all promises have settled, at the latest after `limitMs` milliseconds. Never rejects. */
export async function settleWithin(promises: readonly Promise<unknown>[], limitMs: number): Promise<void> {
  if (promises.length === 0) return;
  const limit = new AbortController();
  const tooLong = sleep(limitMs, undefined, { signal: limit.signal, ref: false }).catch(() => {});
  await Promise.race([Promise.allSettled(promises), tooLong]);
  limit.abort();
}
