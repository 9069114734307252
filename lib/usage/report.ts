/** Adds up the ledger for people and programs: by key, model, day or provider. */
import type { RedisConnection } from '../storage/redis.ts';
import type { DaySum } from './day-sums.ts';
import { withLedger } from './ledger-reader.ts';
import { summedColumns } from './ledger-schema.ts';
import { readSharedSums } from './shared-sums.ts';

export type Grouping = 'day' | 'key' | 'model' | 'provider';

/** In SQL. Models of one name at two providers are two models. */
const names: Readonly<Record<Grouping, string>> = {
  day: 'day',
  key: 'client',
  model: "CASE provider WHEN '' THEN '' ELSE provider || '/' || model END",
  provider: 'provider',
};

/** The same of a sum that Redis has. */
const nameOf: Readonly<Record<Grouping, (sum: DaySum) => string>> = {
  day: ({ day }) => day,
  key: ({ client }) => client,
  model: ({ provider, model }) => (provider === '' ? '' : `${provider}/${model}`),
  provider: ({ provider }) => provider,
};

/** Sums of the requests of one name. Tokens, credits as the provider counts them, `cost` in USD. */
export type UsageSum = { readonly name: string } & Readonly<Record<(typeof summedColumns)[number], number>>;

export interface UsageSources {
  /** The ledger's file. */
  readonly path: string;
  /** Where several servers add up together. */
  readonly redis: RedisConnection | undefined;
  /** For how long Redis keeps a day. */
  readonly maxDays: number;
}

/**
 * What one server's file tells.
 * @param sinceDay the first day that counts, `2026-11-29`
 * @returns days in their order, all else with the costliest first; nothing where there is no ledger yet
 * @throws Error for a file that is no ledger, or cannot be read
 */
export function sumUsage(path: string, by: Grouping, sinceDay: string): UsageSum[] {
  return inOrder(sumFile(path, by, sinceDay, []), by);
}

/**
 * What all servers tell: with Redis, a day has their sums; a day of which Redis knows nothing has those of the file.
 * @returns as `sumUsage`
 * @throws Error for a file that is no ledger, or cannot be read
 */
export async function sumUsageOfAll(
  { path, redis, maxDays }: UsageSources,
  by: Grouping,
  sinceDay: string,
): Promise<UsageSum[]> {
  // While it is away the file tells at least what this server has seen.
  const shared = redis?.isUp ? await readSharedSums(redis, sinceDay, maxDays).catch(() => undefined) : undefined;
  const own = sumFile(path, by, sinceDay, [...(shared?.keys() ?? [])]);
  const byName = new Map(own.map((sum) => [sum.name, sum]));
  for (const sum of [...(shared?.values() ?? [])].flat()) {
    const name = nameOf[by](sum);
    byName.set(name, add(byName.get(name), { name, ...sum.sums }));
  }
  return inOrder([...byName.values()], by);
}

function sumFile(path: string, by: Grouping, sinceDay: string, exceptDays: readonly string[]): UsageSum[] {
  return withLedger<UsageSum[]>(path, [], (database) => {
    const sums = summedColumns.map((column) => `sum(${column}) AS ${column}`).join(', ');
    const others = exceptDays.map(() => '?').join(', ');
    const sql = `SELECT ${names[by]} AS name, ${sums} FROM sums WHERE day >= ? AND day NOT IN (${others}) GROUP BY 1`;
    return database.prepare(sql).all(sinceDay, ...exceptDays) as UsageSum[];
  });
}

function add(known: UsageSum | undefined, sum: UsageSum): UsageSum {
  if (!known) return sum;
  const added = summedColumns.map((column) => [column, known[column] + sum[column]]);
  return { ...sum, ...Object.fromEntries(added) };
}

function inOrder(sums: UsageSum[], by: Grouping): UsageSum[] {
  return sums.sort(by === 'day' ? byDay : byCost);
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
const byDay = (a: UsageSum, b: UsageSum) => compare(a.name, b.name);
const byCost = (a: UsageSum, b: UsageSum) =>
  b.cost - a.cost ||
  b.input_tokens + b.output_tokens - a.input_tokens - a.output_tokens ||
  b.requests - a.requests ||
  compare(a.name, b.name);
