/**
 * The ledger of requests. Rows are gathered in memory and written together about once a second, off the way of requests; where
 * they cannot be written, rows are lost, and no request is.
 */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../log.ts';
import { publicText } from '../public-text.ts';
import { LedgerFile, type LedgerLimits } from './ledger-file.ts';
import { countNothing, type UsedBefore } from './limit-counts.ts';
import type { CostOf } from './prices.ts';
import type { SharedSums } from './shared-sums.ts';
import type { PricedRow, UsageRow } from './usage-row.ts';

/** Between two writes, in milliseconds: as much is lost with a process that is killed. */
const usualIntervalMs = 1_000;
/** Most of the wait for the next attempt where writing has failed. */
const maxRetryMs = 60_000;
/** Most rows that wait. */
const maxPending = 10_000;
/** Rows of one transaction: about 5 ms, in which nobody is served. */
const maxRowsAtOnce = 400;
const pruneIntervalMs = 60_000;

export interface Ledger {
  /** Takes the row of a request that has ended. Never throws. */
  add(row: UsageRow): void;
  /** Takes other prices for the rows to come. */
  price(costOf: CostOf): void;
  /** Has every row told as it comes. @returns the function that ends it */
  watch(tell: (row: PricedRow) => void): () => void;
  /** Why rows are lost at the moment, in words for the operator. */
  readonly fault: string | undefined;
  /** Of its file, in bytes; 0 where there is none. */
  sizeBytes(): number;
  /** What a client has used in a window; nothing where the file cannot be read. Waits for the disk. */
  readonly usedIn: UsedBefore;
  /** Writes what waits. */
  close(): Promise<void>;
}

export interface LedgerOptions {
  path: string;
  limits: LedgerLimits;
  costOf: CostOf;
  log: Logger;
  /** Where several servers add up together. */
  shared?: SharedSums | undefined;
  /** Between two writes, in milliseconds. Default: a second. */
  intervalMs?: number;
}

export function ledgerPathOf({
  usageFile,
  baseDir,
  dataDir,
}: Pick<Config, 'usageFile' | 'baseDir' | 'dataDir'>): string {
  return usageFile === undefined ? join(dataDir, 'usage.sqlite') : resolve(baseDir, usageFile);
}

export function createLedger(options: LedgerOptions): Ledger {
  return new BatchedLedger(options);
}

class BatchedLedger implements Ledger {
  readonly #options: LedgerOptions;
  readonly #intervalMs: number;
  #costOf: CostOf;
  readonly #watchers = new Set<(row: PricedRow) => void>();
  #pending: PricedRow[] = [];
  #timer: NodeJS.Timeout | undefined;
  #file: LedgerFile | undefined;
  #prunedAtMs = 0;
  #failures = 0;
  #lost = 0;
  fault: string | undefined;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#costOf = options.costOf;
    this.#intervalMs = options.intervalMs ?? usualIntervalMs;
  }

  add(row: UsageRow): void {
    const priced = { ...row, cost: this.#costOf(row.provider, row.model, row) };
    for (const tell of this.#watchers) tell(priced);
    this.#options.shared?.add(priced);
    if (this.#pending.length >= maxPending) {
      this.#lost += 1;
      return;
    }
    this.#pending.push(priced);
    this.#timer ??= this.#writeIn(this.#intervalMs);
  }

  watch(tell: (row: PricedRow) => void): () => void {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  }

  readonly usedIn: UsedBefore = (clientId, window) => {
    try {
      if (this.#writeAll()) return this.#open().usedIn(clientId, window);
    } catch (error) {
      this.#noteFailure(error as Error);
    }
    return countNothing(clientId, window);
  };

  sizeBytes(): number {
    // Newer rows stand in a file of their own at first.
    const files = [this.#options.path, `${this.#options.path}-wal`];
    return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  }

  price(costOf: CostOf): void {
    this.#costOf = costOf;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#writeAll();
    this.#closeFile();
    await this.#options.shared?.close();
  }

  #writeIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined;
      if (!this.#write()) this.#timer = this.#writeIn(Math.min(this.#intervalMs * 2 ** this.#failures, maxRetryMs));
      else if (this.#pending.length > 0 || this.#prune()) this.#timer = this.#writeIn(0);
    }, ms).unref();
  }

  #open(): LedgerFile {
    this.#file ??= new LedgerFile(this.#options.path, this.#options.limits);
    return this.#file;
  }

  /** @returns false where it has failed */
  #writeAll(): boolean {
    while (this.#pending.length > 0) if (!this.#write()) return false;
    return true;
  }

  /** @returns false where it has failed */
  #write(): boolean {
    if (this.#pending.length === 0) return true;
    try {
      this.#open().write(this.#pending.slice(0, maxRowsAtOnce));
    } catch (error) {
      this.#noteFailure(error as Error);
      return false;
    }
    this.#pending = this.#pending.slice(maxRowsAtOnce);
    this.#noteSuccess();
    return true;
  }

  /** @returns is there more to be removed? */
  #prune(): boolean {
    const nowMs = Date.now();
    if (!this.#file || nowMs - this.#prunedAtMs < pruneIntervalMs) return false;
    try {
      if (this.#file.prune(nowMs)) return true;
    } catch (error) {
      this.#noteFailure(error as Error);
    }
    this.#prunedAtMs = nowMs;
    return false;
  }

  #noteFailure({ message }: Error): void {
    this.#failures += 1;
    // Opened anew: somebody may have put a good file in its place.
    this.#closeFile();
    const reason = publicText(message);
    if (this.fault === undefined) {
      const { log, path } = this.#options;
      log.error('the usage of requests cannot be recorded; they are served as before', { file: path, reason });
    }
    this.fault = reason;
  }

  #noteSuccess(): void {
    this.#failures = 0;
    if (this.fault === undefined) return;
    this.fault = undefined;
    this.#options.log.info('the usage of requests is recorded again', { lost: this.#lost });
    this.#lost = 0;
  }

  #closeFile(): void {
    try {
      this.#file?.close();
    } catch {
      // A broken file need not be closed well.
    }
    this.#file = undefined;
  }
}
