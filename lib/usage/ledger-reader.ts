/**
 * Reads the ledger for people: rows by what they are about, and failures by their cause. Each question looks at so many rows and no
 * more, because nobody is served meanwhile.
 */
import { existsSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { requestColumns } from './ledger-schema.ts';
import { loadSqlite } from './sqlite.ts';
import type { PricedRow } from './usage-row.ts';

/** Most rows that one question looks at: about 10 ms. */
const maxLookedAt = 20_000;
/** Most rows of one page. */
export const maxPage = 200;
const maxFailures = 50;

/** A row as it is shown: without what identifies the client, which is the hash of its key. */
export interface ShownRow {
  /** Grows from row to row; null for one that has just ended. */
  readonly number: number | null;
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly client: string;
  readonly api: string;
  readonly askedModel: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly status: number;
  readonly outcome: string;
  readonly error: string | null;
  readonly reason: string | null;
  readonly upstreamStatus: number | null;
  /** Milliseconds since it came, as far as it got; null in rows of earlier versions. */
  readonly validatedMs: number | null;
  readonly resolvedMs: number | null;
  readonly sentMs: number | null;
  readonly headMs: number | null;
  readonly firstTokenMs: number | null;
  readonly firstByteMs: number | null;
  readonly totalMs: number;
  readonly overheadMs: number;
  readonly answers: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly credits: number;
  readonly cost: number;
  readonly ignored: readonly string[];
  readonly isStreaming: boolean;
  readonly isAborted: boolean;
  /** The upstream has told no tokens: they are our own guess. */
  readonly isEstimated: boolean;
}

export interface RowFilter {
  readonly id?: string;
  readonly client?: string;
  /** As asked for, or as answered. */
  readonly model?: string;
  readonly provider?: string;
  readonly outcome?: string;
  /** Unix milliseconds; `toMs` is not included. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly isFailed?: boolean;
}

export interface RowPage {
  /** The newest first. */
  readonly rows: readonly ShownRow[];
  /** Where the next page begins (`before`); null: there are no older rows. */
  readonly next: number | null;
}

/** Failures of one cause. */
export interface FailureGroup {
  readonly error: string | null;
  readonly outcome: string;
  readonly provider: string | null;
  readonly count: number;
  readonly lastAtMs: number;
  /** Of the last one. */
  readonly reason: string | null;
}

/** @throws Error for a file that is no ledger, or cannot be read */
export function withLedger<T>(path: string, absent: T, read: (database: DatabaseSync) => T): T {
  if (!existsSync(path)) return absent;
  const database = new (loadSqlite().DatabaseSync)(path, { readOnly: true });
  try {
    const { tables } = database.prepare("SELECT count(*) AS tables FROM sqlite_master WHERE name = 'sums'").get() as {
      tables: number;
    };
    return tables === 0 ? absent : read(database);
  } finally {
    database.close();
  }
}

/** @param before the number from which on rows are left out */
export function readRows(
  path: string,
  filter: RowFilter,
  { limit, before }: { limit: number; before?: number },
): RowPage {
  return withLedger<RowPage>(path, { rows: [], next: null }, (database) => {
    if (filter.id !== undefined) return readById(database, filter.id);
    const end = startOf(database, filter, before);
    const first = Math.max(0, end - maxLookedAt);
    const [conditions, values] = conditionsOf(filter);
    const rows = database
      .prepare(
        `SELECT * FROM requests WHERE number >= ? AND number < ? ${conditions.map((one) => `AND ${one}`).join(' ')}
         ORDER BY number DESC LIMIT ?`,
      )
      .all(first, end, ...values, limit)
      .map(toShownRow);
    const reached = rows.length === limit ? rows.at(-1)!.number! : first;
    return { rows, next: hasBefore(database, reached, filter) ? reached : null };
  });
}

function readById(database: DatabaseSync, id: string): RowPage {
  const rows = database.prepare('SELECT * FROM requests WHERE id = ? ORDER BY number DESC LIMIT ?').all(id, maxPage);
  return { rows: rows.map(toShownRow), next: null };
}

/** The number behind the newest row that may fit; the time's index finds it. */
function startOf(database: DatabaseSync, { toMs }: RowFilter, before = Number.MAX_SAFE_INTEGER): number {
  const [sql, values] =
    toMs === undefined
      ? ['SELECT max(number) AS last FROM requests', []]
      : ['SELECT number AS last FROM requests WHERE at < ? ORDER BY at DESC LIMIT 1', [toMs]];
  const last = (database.prepare(sql).get(...values) as { last: number | null } | undefined)?.last ?? 0;
  return Math.min(before, last + 1);
}

function hasBefore(database: DatabaseSync, number: number, { fromMs = 0 }: RowFilter): boolean {
  const older = database.prepare('SELECT at FROM requests WHERE number < ? ORDER BY number DESC LIMIT 1').get(number);
  return older !== undefined && (older as { at: number }).at >= fromMs;
}

function conditionsOf(filter: RowFilter): [string[], SQLInputValue[]] {
  const { client, model, provider, outcome, fromMs, toMs, isFailed } = filter;
  const given: [string, SQLInputValue[]][] = [];
  if (client !== undefined) given.push(['client = ?', [client]]);
  if (model !== undefined) given.push(["? IN (model, asked_model, provider || '/' || model)", [model]]);
  if (provider !== undefined) given.push(['provider = ?', [provider]]);
  if (outcome !== undefined) given.push(['outcome = ?', [outcome]]);
  // A plain comparison would have SQLite look through the index of times.
  if (fromMs !== undefined) given.push(['+at >= ?', [fromMs]]);
  if (toMs !== undefined) given.push(['+at < ?', [toMs]]);
  if (isFailed) given.push(["outcome <> 'ok'", []]);
  return [given.map(([condition]) => condition), given.flatMap(([, values]) => values)];
}

/** The failures since a moment, those that came most often first. */
export function readFailures(path: string, sinceMs: number): FailureGroup[] {
  return withLedger<FailureGroup[]>(path, [], (database) => {
    const sql = `
      SELECT error, outcome, provider, count(*) AS count, max(at) AS lastAtMs, reason
      FROM (SELECT * FROM requests WHERE at >= ? ORDER BY at DESC LIMIT ?)
      WHERE outcome <> 'ok' GROUP BY error, outcome, provider ORDER BY count DESC, lastAtMs DESC LIMIT ?`;
    return database.prepare(sql).all(sinceMs, maxLookedAt, maxFailures) as unknown as FailureGroup[];
  });
}

const flags: ReadonlySet<string> = new Set(['streamed', 'aborted', 'estimated']);

const nameOf = (column: string): string =>
  ({ streamed: 'isStreaming', aborted: 'isAborted', estimated: 'isEstimated' })[column] ??
  column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function toShownRow(row: Record<string, unknown>): ShownRow {
  const shown = requestColumns
    .filter((column) => column !== 'client_id')
    .map((column) => [nameOf(column), flags.has(column) ? row[column] === 1 : row[column]] as const);
  const ignored = typeof row.ignored === 'string' ? row.ignored.split(', ') : [];
  const at = new Date(row.at as number).toISOString();
  return { ...Object.fromEntries(shown), number: row.number, at, ignored } as unknown as ShownRow;
}

/** A row that has just been counted. */
export function showRow(row: PricedRow): ShownRow {
  const { clientId: _, atMs, ...shown } = row;
  const absent = { askedModel: null, provider: null, model: null, error: null, reason: null };
  const given = Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
  const stages = { validatedMs: null, resolvedMs: null, sentMs: null, headMs: null, firstTokenMs: null };
  const numbers = { number: null, upstreamStatus: null, ...stages, firstByteMs: null };
  return { ...numbers, ...absent, ...given, at: new Date(atMs).toISOString() } as unknown as ShownRow;
}

/** When each client was seen last, in Unix milliseconds, as far as the newest rows tell. By the clients' names. */
export function readLastUses(path: string): ReadonlyMap<string, number> {
  return withLedger<ReadonlyMap<string, number>>(path, new Map(), (database) => {
    const sql = `
      SELECT client, max(at) AS at FROM (SELECT client, at FROM requests ORDER BY number DESC LIMIT ?) GROUP BY client`;
    const rows = database.prepare(sql).all(maxLookedAt) as { client: string; at: number }[];
    return new Map(rows.map(({ client, at }) => [client, at]));
  });
}
