/** The sums of a day: what requests of one client, provider and model have used together. */
import { summedColumns } from './ledger-schema.ts';
import type { PricedRow } from './usage-row.ts';

export const msPerDay = 86_400_000;

/** `2026-11-29`, in UTC. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

export type Sums = Record<(typeof summedColumns)[number], number>;

export interface DaySum {
  day: string;
  clientId: string;
  client: string;
  /** '' where nobody was found to answer; likewise `model`. */
  provider: string;
  model: string;
  sums: Sums;
}

/** In the place of the names that one day's sums have no room for. */
const others = '(others)';

/** Where a sum is added that its day has no room for: without its model's name, and then without its client's. */
export function foldNames<T extends Omit<DaySum, 'sums'>>(sum: T): [withoutModel: T, withoutClient: T] {
  const withoutModel = { ...sum, model: others };
  return [withoutModel, { ...withoutModel, clientId: others, client: others }];
}

/** What a sum is about, as a key of a map. */
export function nameOf({ day, clientId, provider, model }: Omit<DaySum, 'client' | 'sums'>): string {
  return JSON.stringify([day, clientId, provider, model]);
}

export function startSum(names: Omit<DaySum, 'sums'>): DaySum {
  return { ...names, sums: Object.fromEntries(summedColumns.map((column) => [column, 0])) as Sums };
}

/** What a row's sum is about. */
export function namesOf({ atMs, clientId, client, provider = '', model = '' }: PricedRow): Omit<DaySum, 'sums'> {
  return { day: dayOf(atMs), clientId, client, provider, model };
}

export function addUp(rows: readonly PricedRow[]): Iterable<DaySum> {
  const byName = new Map<string, DaySum>();
  for (const row of rows) {
    const names = namesOf(row);
    const name = nameOf(names);
    const sum = byName.get(name) ?? startSum(names);
    byName.set(name, sum);
    addRow(sum.sums, row);
  }
  return byName.values();
}

export function addRow(sums: Sums, row: PricedRow): void {
  sums.requests += 1;
  sums.failures += Number(row.outcome !== 'ok');
  sums.answers += row.answers;
  sums.input_tokens += row.inputTokens;
  sums.cached_tokens += row.cachedTokens;
  sums.output_tokens += row.outputTokens;
  sums.reasoning_tokens += row.reasoningTokens;
  sums.credits += row.credits;
  sums.cost += row.cost;
}
