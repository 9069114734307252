/** Adds up the ledger for people and programs: by key, model, day or provider. */
import { withLedger } from './ledger-reader.ts';
import { summedColumns } from './ledger-schema.ts';

export type Grouping = 'day' | 'key' | 'model' | 'provider';

/** In SQL. Models of one name at two providers are two models. */
const names: Readonly<Record<Grouping, string>> = {
  day: 'day',
  key: 'client',
  model: "CASE provider WHEN '' THEN '' ELSE provider || '/' || model END",
  provider: 'provider',
};

/** Sums of the requests of one name. Tokens, credits as the provider counts them, `cost` in USD. */
export type UsageSum = { readonly name: string } & Readonly<Record<(typeof summedColumns)[number], number>>;

/**
 * @param sinceDay the first day that counts, `2026-11-29`
 * @returns days in their order, all else with the costliest first; nothing where there is no ledger yet
 * @throws Error for a file that is no ledger, or cannot be read
 */
export function sumUsage(path: string, by: Grouping, sinceDay: string): UsageSum[] {
  return withLedger<UsageSum[]>(path, [], (database) => {
    const sums = summedColumns.map((column) => `sum(${column}) AS ${column}`).join(', ');
    const order = by === 'day' ? 'name' : 'cost DESC, input_tokens + output_tokens DESC, requests DESC, name';
    const sql = `SELECT ${names[by]} AS name, ${sums} FROM sums WHERE day >= ? GROUP BY 1 ORDER BY ${order}`;
    return database.prepare(sql).all(sinceDay) as UsageSum[];
  });
}
