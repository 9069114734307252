/** What client keys have used in the windows of their limits. */
import { type Amounts, type KeyLimit, measures, type Window } from './windows.ts';

/** A limit in the window that is open now. */
export interface OpenLimit extends KeyLimit {
  readonly open: Window;
}

export interface Taken {
  /** The limit that is reached: nothing was counted. */
  readonly reached: OpenLimit | undefined;
  /** What has been used in the window of each of the limits, with what was just counted. */
  readonly used: readonly number[];
}

/** What has been used since a moment, by a store that outlives the process. */
export type UsedBefore = (clientId: string, window: Window) => Amounts;

/** Without such a store. */
export const countNothing: UsedBefore = () => ({ requests: 0, tokens: 0, cost: 0 });

export interface LimitCounts {
  /** Counts amounts in the windows of all limits, unless one of them is reached: in a single step. */
  take(clientId: string, limits: readonly OpenLimit[], amounts: Amounts): Taken | Promise<Taken>;
  /** Corrects what was counted, by the difference. */
  correct(clientId: string, limits: readonly OpenLimit[], difference: Amounts): void;
}

/** Keys come and go while a server runs; the count that was begun first is read anew from the ledger. */
const maxCounts = 10_000;

interface Count extends Amounts {
  startMs: number;
}

/**
 * Of requests it is known beforehand how many there will be. Of tokens and money it is not: while there is anything left, a
 * request may begin.
 */
export function isReached({ measure, limit }: KeyLimit, used: number, amounts: Amounts): boolean {
  return used >= limit || (measure === 'requests' && used + amounts.requests > limit);
}

/** In this process. */
export class LocalCounts implements LimitCounts {
  readonly #usedBefore: UsedBefore;
  readonly #counts = new Map<string, Count>();

  constructor(usedBefore: UsedBefore) {
    this.#usedBefore = usedBefore;
  }

  take(clientId: string, limits: readonly OpenLimit[], amounts: Amounts): Taken {
    const counts = limits.map(({ open }) => this.countOf(clientId, open));
    const used = () => limits.map(({ measure }, index) => counts[index]![measure]);
    const before = used();
    const reached = limits.find((limit, index) => isReached(limit, before[index]!, amounts));
    if (reached) return { reached, used: before };
    this.correct(clientId, limits, amounts);
    return { reached, used: used() };
  }

  correct(clientId: string, limits: readonly OpenLimit[], difference: Amounts): void {
    // Several limits may be about one window.
    for (const open of new Set(limits.map((limit) => limit.open))) {
      const count = this.countOf(clientId, open);
      // The window may have ended meanwhile.
      if (count.startMs !== open.startMs) continue;
      for (const measure of measures) count[measure] += difference[measure];
    }
  }

  /** What all servers have used, as far as they tell. */
  learn(clientId: string, open: Window, used: Amounts): void {
    const count = this.countOf(clientId, open);
    if (count.startMs === open.startMs) Object.assign(count, used);
  }

  /** The count of the newest window of that name that has been asked for. */
  countOf(clientId: string, open: Window): Count {
    const name = `${open.name} ${clientId}`;
    const known = this.#counts.get(name);
    if (known && known.startMs >= open.startMs) return known;
    const count = { startMs: open.startMs, ...this.#usedBefore(clientId, open) };
    if (this.#counts.size >= maxCounts) this.#counts.delete(this.#counts.keys().next().value!);
    this.#counts.set(name, count);
    return count;
  }
}
