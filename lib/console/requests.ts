/** The ledger's rows, as the console looks them up. */
import type { Services } from '../chain/middleware.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { dayOf, msPerDay } from '../usage/day-sums.ts';
import { ledgerPathOf } from '../usage/ledger.ts';
import { maxPage, type RowPage, readRows, type ShownRow } from '../usage/ledger-reader.ts';
import { type Grouping, sumUsageOfAll, type UsageSum } from '../usage/report.ts';
import { asGiven, invalid, type Query, readNumber } from './query.ts';

const defaultPage = 100;
/** Days of usage, where none is named. */
const defaultDays = 30;

export function findRequests(config: Config, query: Query): RowPage {
  if (config.usageStore === 'off') return { rows: [], next: null };
  const filter = {
    id: asGiven(query.id),
    client: asGiven(query.client),
    model: asGiven(query.model),
    provider: asGiven(query.provider),
    outcome: asGiven(query.outcome),
    fromMs: readTime(query, 'from'),
    toMs: readTime(query, 'to'),
    isFailed: query.failed === '1',
  };
  const limit = Math.min(readNumber(query, 'limit') ?? defaultPage, maxPage);
  const before = readNumber(query, 'before');
  return inWords(() => readRows(ledgerPathOf(config), filter, { limit, before }));
}

interface Stage {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** @throws OpenCompatError for an id that the ledger does not know */
export function findRequest(config: Config, id: string): { row: ShownRow; stages: Stage[] } {
  const [row] = findRequests(config, { id }).rows;
  if (!row)
    throw new OpenCompatError('OC_CONSOLE_NOT_FOUND', { what: 'request of this id; the newest come within a second' });
  return { row, stages: stagesOf(row) };
}

/** What a request waits for, and the moment that ends it. */
const stageEnds = [
  ['Reading and checking', 'validatedMs'],
  ['Finding the model', 'resolvedMs'],
  ['Building and signing in', 'sentMs'],
  ['Waiting for the upstream', 'headMs'],
  ['Waiting for the first token', 'firstTokenMs'],
  ['Until the first byte', 'firstByteMs'],
  ['Until the end', 'totalMs'],
] as const satisfies readonly (readonly [string, keyof ShownRow])[];

/** One after the other; what a request did not reach is left out, as are moments that a retry has put out of their order. */
function stagesOf(row: ShownRow): Stage[] {
  const stages: Stage[] = [];
  let fromMs = 0;
  for (const [name, end] of stageEnds) {
    const toMs = row[end];
    if (toMs === null || toMs < fromMs) continue;
    stages.push({ name, fromMs, toMs });
    fromMs = toMs;
  }
  return stages;
}

const groupings: readonly Grouping[] = ['day', 'key', 'model', 'provider'];

export async function addUpUsage(
  { config, redis }: Pick<Services, 'config' | 'redis'>,
  query: Query,
): Promise<UsageSum[]> {
  if (config.usageStore === 'off') return [];
  const by = asGiven(query.by) ?? 'day';
  if (!groupings.includes(by as Grouping)) throw invalid('by', `one of ${groupings.join(', ')}`);
  const since = asGiven(query.since) ?? dayOf(Date.now() - (defaultDays - 1) * msPerDay);
  if (!/^\d{4}-\d\d-\d\d$/.test(since)) throw invalid('since', 'a day such as 2026-11-29');
  const sources = { path: ledgerPathOf(config), redis, maxDays: config.usageMaxDays };
  return sumUsageOfAll(sources, by as Grouping, since).catch(throwInWords);
}

function readTime(query: Query, name: string): number | undefined {
  const text = asGiven(query[name]);
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw invalid(name, 'a moment such as 2026-11-29T12:00:00Z');
  return ms;
}

function inWords<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return throwInWords(error);
  }
}

function throwInWords(error: unknown): never {
  const reason = `The ledger cannot be read: ${(error as Error).message}.`;
  throw new OpenCompatError('OC_CONSOLE_CONFLICT', { reason }, { cause: error, status: 503 });
}
