/** Where known quota outlives the process: a file of the data folder, or Redis, where several servers know it together. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asObject, parseObject } from '../lenient-json.ts';
import type { Logger } from '../log.ts';
import { writeFileAtomic } from '../storage/atomic-file.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { type KnownQuota, readKnown } from './known-quota.ts';

/** By the provider's name. */
export type QuotaByProvider = ReadonlyMap<string, KnownQuota>;

export interface QuotaStore {
  /** What others have kept of these providers. Never rejects. */
  read(names: readonly string[]): Promise<QuotaByProvider>;
  /** Keeps the quota of a provider that has changed, now or soon. Undefined: forgets it. */
  write(name: string, quota: KnownQuota | undefined): void;
  close(): Promise<void>;
}

const version = 1;
/** Between two writes of the file, in milliseconds: as much is lost with a process that is killed. */
const writeIntervalMs = 1_000;
/** Most providers that are read from a file. */
const maxProviders = 64;

export function quotaPathOf(dataDir: string): string {
  return join(dataDir, 'quota.json');
}

/** What a file holds; nothing of one that cannot be read. Never throws. */
export function readQuotaFile(path: string): Map<string, KnownQuota> {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // There is none yet, or it is of no use: answers tell the quota again.
  }
  const providers = Object.entries(asObject(parseObject(text)?.providers) ?? {}).slice(0, maxProviders);
  return new Map(
    providers.flatMap(([name, value]) => {
      const quota = readKnown(value);
      return quota ? [[name, quota] as const] : [];
    }),
  );
}

export class QuotaFile implements QuotaStore {
  readonly #path: string;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #kept: Map<string, KnownQuota>;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #hasWarned = false;

  constructor(path: string, log: Pick<Logger, 'warn'>) {
    this.#path = path;
    this.#log = log;
    this.#kept = readQuotaFile(path);
  }

  /** What was there at the start. */
  get kept(): QuotaByProvider {
    return this.#kept;
  }

  /** Nobody else writes the file. */
  async read(): Promise<QuotaByProvider> {
    return new Map();
  }

  write(name: string, quota: KnownQuota | undefined): void {
    if (quota) this.#kept.set(name, quota);
    else this.#kept.delete(name);
    this.#timer ??= setTimeout(() => this.#writeNow(), writeIntervalMs).unref();
  }

  async close(): Promise<void> {
    if (this.#timer) this.#writeNow();
    await this.#writing;
  }

  #writeNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = `${JSON.stringify({ version, providers: Object.fromEntries(this.#kept) })}\n`;
    this.#writing = this.#writing.then(() => writeFileAtomic(this.#path, text)).catch((error) => this.#warn(error));
  }

  #warn(error: NodeJS.ErrnoException): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const reason = error.code ?? error.message;
    this.#log.warn('the quota of the providers cannot be kept over a restart', { file: this.#path, reason });
  }
}

/** How long Redis keeps what nobody tells again, in milliseconds: a month's window and a day. */
const lifeMs = 32 * 86_400_000;

export class SharedQuota implements QuotaStore {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async read(names: readonly string[]): Promise<QuotaByProvider> {
    const known = new Map<string, KnownQuota>();
    if (!this.#redis.isUp) return known;
    try {
      // One by one: in a cluster, they may be on several servers.
      const texts = await Promise.all(names.map((name) => this.#redis.call('GET', this.#keyOf(name))));
      for (const [index, text] of texts.entries()) {
        const quota = typeof text === 'string' ? readKnown(parseObject(text)) : undefined;
        if (quota) known.set(names[index]!, quota);
      }
    } catch {
      // This server goes on with what it knows.
    }
    return known;
  }

  write(name: string, quota: KnownQuota | undefined): void {
    if (!this.#redis.isUp) return;
    const key = this.#keyOf(name);
    const written = quota
      ? this.#redis.call('SET', key, JSON.stringify(quota), 'PX', lifeMs)
      : this.#redis.call('DEL', key);
    written.catch(() => {});
  }

  async close(): Promise<void> {}

  #keyOf(name: string): string {
    return this.#redis.key(`quota:${name}`);
  }
}
