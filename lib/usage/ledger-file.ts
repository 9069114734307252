/** The ledger's file: rows of requests, which make room for newer ones, and the sums of each day, which stay. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { addUp, type DaySum, dayOf, foldNames, msPerDay } from './day-sums.ts';
import { laterIndexes, requestColumns, schema, schemaVersion, summedColumns, upgrades } from './ledger-schema.ts';
import { loadSqlite } from './sqlite.ts';
import type { PricedRow } from './usage-row.ts';
import { type Amounts, nanoPerUsd, type Window } from './windows.ts';

/** Longest wait for another process that writes, in milliseconds: nobody is served meanwhile. */
const busyTimeoutMs = 20;
/** Most rows that are removed at a time. */
const maxPruned = 2_000;

export interface LedgerLimits {
  maxRows: number;
  maxDays: number;
  maxSums: number;
}

/** All methods are synchronous, and throw the errors of SQLite. */
export class LedgerFile {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #add: StatementSync;
  readonly #limits: LedgerLimits;
  /** How many sums a day has. */
  #sumsOfDay: { day: string; count: number } | undefined;

  /**
   * Opens the file, and makes it where there is none, for its owner alone.
   * @throws Error for a file that is no ledger, or one of a newer version
   */
  constructor(path: string, limits: LedgerLimits) {
    this.#limits = limits;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    this.#database = new (loadSqlite().DatabaseSync)(path);
    try {
      prepareFile(this.#database);
      this.#insert = this.#database.prepare(
        `INSERT INTO requests (${requestColumns.join(', ')}) VALUES (${requestColumns.map(() => '?').join(', ')})`,
      );
      this.#add = this.#database.prepare(`
        INSERT INTO sums (day, client_id, provider, model, client, ${summedColumns.join(', ')})
        VALUES (?, ?, ?, ?, ?, ${summedColumns.map(() => '?').join(', ')})
        ON CONFLICT DO UPDATE SET client = excluded.client, ${summedColumns
          .map((column) => `${column} = ${column} + excluded.${column}`)
          .join(', ')}`);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Writes all of the rows and their sums, or nothing. */
  write(rows: readonly PricedRow[]): void {
    inTransaction(this.#database, () => {
      for (const row of rows) this.#insert.run(...toValues(row));
      for (const sum of addUp(rows)) this.#addSum(sum);
    });
  }

  #addSum(sum: DaySum): void {
    const { day, clientId, client, provider, model } = this.#fit(sum);
    this.#add.run(day, clientId, provider, model, client, ...summedColumns.map((column) => sum.sums[column]));
  }

  /** A day has so many sums and no more, whatever names requests bring. */
  #fit(sum: DaySum): DaySum {
    const { maxSums } = this.#limits;
    if (this.#sumsOfDay?.day !== sum.day) {
      const { count } = this.#get('SELECT count(*) AS count FROM sums WHERE day = ?', sum.day) as { count: number };
      this.#sumsOfDay = { day: sum.day, count };
    }
    const known = this.#get(
      'SELECT 1 FROM sums WHERE day = ? AND client_id = ? AND provider = ? AND model = ?',
      sum.day,
      sum.clientId,
      sum.provider,
      sum.model,
    );
    if (known) return sum;
    this.#sumsOfDay.count += 1;
    if (this.#sumsOfDay.count <= maxSums) return sum;
    const [withoutModel, withoutClient] = foldNames(sum);
    return this.#sumsOfDay.count <= 2 * maxSums ? withoutModel : withoutClient;
  }

  #get(sql: string, ...values: SQLInputValue[]): unknown {
    return this.#database.prepare(sql).get(...values);
  }

  /** What a client has used: of a minute and an hour by the rows, of a day and a month by the sums. */
  usedIn(clientId: string, { name, startMs, endMs }: Window): Amounts {
    const isShort = name === 'minute' || name === 'hour';
    const [table, time, from, to] = isShort
      ? ['requests', 'at', startMs, endMs]
      : ['sums', 'day', dayOf(startMs), dayOf(endMs)];
    const { requests, tokens, cost } = this.#get(
      `SELECT total(answers) AS requests, total(input_tokens + output_tokens) AS tokens, total(cost) AS cost
       FROM ${table} WHERE client_id = ? AND ${time} >= ? AND ${time} < ?`,
      clientId,
      from!,
      to!,
    ) as Amounts;
    return { requests, tokens, cost: Math.round(cost * nanoPerUsd) };
  }

  /**
   * Removes some of the rows that are too old or too many.
   * @returns are there more?
   */
  prune(nowMs: number): boolean {
    const { maxRows, maxDays } = this.#limits;
    const { first, last } = this.#get('SELECT min(number) AS first, max(number) AS last FROM requests') as {
      first: number | null;
      last: number;
    };
    if (first === null) return false;
    const { changes } = this.#database
      .prepare('DELETE FROM requests WHERE number < ? AND (number <= ? OR at < ?)')
      .run(first + maxPruned, last - maxRows, nowMs - maxDays * msPerDay);
    return Number(changes) === maxPruned;
  }

  close(): void {
    this.#database.close();
  }
}

function prepareFile(database: DatabaseSync): void {
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  // A reader then holds up no writer, and a commit waits for no disk: a power cut costs the last rows, and never the file.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  if (versionOf(database) > schemaVersion) throw new Error('a newer version of OpenCompat made it');
  inTransaction(database, () => {
    // Another process may just have made the tables.
    if (versionOf(database) === 0) database.exec(schema);
    for (let from = versionOf(database); from < schemaVersion; from += 1) database.exec(upgrades[from]!);
    database.exec(laterIndexes);
  });
}

function versionOf(database: DatabaseSync): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    // A full disk has ended it by itself.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** In the order of `requestColumns`. */
function toValues(row: PricedRow): SQLInputValue[] {
  return [
    row.id,
    row.atMs,
    row.clientId,
    row.client,
    row.api,
    row.askedModel ?? null,
    row.provider ?? null,
    row.model ?? null,
    row.status,
    row.outcome,
    row.error ?? null,
    row.reason ?? null,
    row.upstreamStatus ?? null,
    row.validatedMs ?? null,
    row.resolvedMs ?? null,
    row.sentMs ?? null,
    row.headMs ?? null,
    row.firstTokenMs ?? null,
    row.firstByteMs ?? null,
    row.totalMs,
    row.overheadMs,
    row.answers,
    row.inputTokens,
    row.cachedTokens,
    row.outputTokens,
    row.reasoningTokens,
    row.credits,
    row.cost,
    row.ignored.length > 0 ? row.ignored.join(', ') : null,
    Number(row.isStreaming),
    Number(row.isAborted),
    Number(row.isEstimated),
  ];
}
