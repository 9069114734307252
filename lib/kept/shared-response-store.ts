/** Kept answers in Redis, shared by several servers: encrypted, each under a name that reveals nothing. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OpenCompatError } from '../errors.ts';
import { asText, parseObject } from '../lenient-json.ts';
import type { Logger } from '../log.ts';
import type { RedisConnection } from '../storage/redis.ts';
import type { ResponseStore, StoredResponse } from './response-store.ts';
import { type KeptEntry, SharedQuota } from './shared-quota.ts';
import { toKey } from './stored-entry.ts';

/**
 * A client has its answer before Redis does, and may go on from it at once on another server: an answer that is not found is
 * looked up again after this time.
 */
const secondLookMs = 200;
/** When to ask again for an answer that cannot be looked up, in seconds. */
const retryAfterS = 5;
/** Most answers that wait for Redis to come back; further ones stay in memory only. */
const maxWaiting = 1_000;

export interface SharedResponseStoreOptions {
  redis: RedisConnection;
  /** Keeps what Redis does not take: while it is away, and what is too large for it. */
  local: ResponseStore;
  /** Time after its last use for which an answer is kept. */
  ttlMs: number;
  /** Most answers of one owner. */
  maxEntries: number;
  /** Of one answer, and of all answers of one owner, as JSON text, in UTF-16 units. */
  maxBytes: number;
  log: Logger;
}

export function createSharedResponseStore(options: SharedResponseStoreOptions): ResponseStore {
  return new SharedResponseStore(options);
}

class SharedResponseStore implements ResponseStore {
  readonly #options: SharedResponseStoreOptions;
  readonly #ttlMs: number;
  readonly #quota: SharedQuota;
  /** Answers to store when Redis is back. */
  readonly #waiting = new Map<string, Pick<StoredResponse, 'owner' | 'id'>>();

  constructor(options: SharedResponseStoreOptions) {
    this.#options = options;
    this.#ttlMs = Math.ceil(options.ttlMs);
    this.#quota = new SharedQuota({ ...options, ttlMs: this.#ttlMs });
    options.redis.onUp(() => void this.#handOver());
  }

  async get(owner: string, id: string): Promise<StoredResponse | undefined> {
    const { redis, local } = this.#options;
    const found = (await this.#find(owner, id)) ?? (await local.get(owner, id));
    if (found) return found;
    if (redis.isUp) await sleep(secondLookMs);
    const late = redis.isUp ? await this.#find(owner, id) : undefined;
    return late ?? this.#notFound();
  }

  async findByItem(owner: string, itemId: string): Promise<StoredResponse | undefined> {
    const id = await this.#ask('find', () => this.#read(this.#keyOf('response-item', owner, itemId)));
    const stored = id === undefined ? undefined : await this.#find(owner, id);
    return stored ?? (await this.#options.local.findByItem(owner, itemId)) ?? this.#notFound();
  }

  async put(stored: StoredResponse): Promise<void> {
    const { local, maxBytes } = this.#options;
    const { owner, id } = stored;
    // Stored here first: a client may go on from it at once.
    await local.put(stored);
    const text = JSON.stringify(stored);
    if (text.length > maxBytes || (await this.#write(stored, text))) return;
    if (this.#waiting.size < maxWaiting) this.#waiting.set(this.#keyOf('response', owner, id), { owner, id });
  }

  async delete(owner: string, id: string): Promise<boolean> {
    const { redis, local } = this.#options;
    const removed = await this.#ask('remove', async () => {
      const text = await this.#read(this.#keyOf('response', owner, id));
      if (text !== undefined) await this.#quota.remove(ownerHash(owner), toEntry(parseObject(text) as never, text));
      return redis.call('DEL', this.#keyOf('response', owner, id));
    });
    const isLocal = await local.delete(owner, id);
    if (Number(removed) > 0 || isLocal) return true;
    this.#notFound();
    return false;
  }

  /** @throws OpenCompatError OC_STORE_AWAY: while Redis is away, nobody knows what is in it */
  #notFound(): undefined {
    if (!this.#options.redis.isUp) throw new OpenCompatError('OC_STORE_AWAY', {}, { retryAfterS });
  }

  get size(): ResponseStore['size'] {
    return this.#options.local.size;
  }

  close(): Promise<void> {
    return this.#options.local.close();
  }

  #keyOf(kind: 'response' | 'response-item', owner: string, id: string): string {
    return this.#options.redis.key(`${kind}:${toHash(owner, id)}`);
  }

  async #find(owner: string, id: string): Promise<StoredResponse | undefined> {
    return this.#ask('find', async () => {
      const text = await this.#read(this.#keyOf('response', owner, id));
      const stored = text === undefined ? undefined : (parseObject(text) as StoredResponse | undefined);
      if (stored) await this.#quota.use(ownerHash(owner), toEntry(stored, text!));
      return stored;
    });
  }

  async #write(stored: StoredResponse, text: string): Promise<boolean> {
    const { redis } = this.#options;
    const { owner, id } = stored;
    const isWritten = await this.#ask('write', async () => {
      // Room is made first: a Redis that is full takes nothing more.
      for (const { hash, itemHashes } of await this.#quota.add(ownerHash(owner), toEntry(stored, text))) {
        const keys = [`response:${hash}`, ...itemHashes.map((item) => `response-item:${item}`)];
        await redis.call('DEL', ...keys.map((key) => redis.key(key)));
      }
      await this.#set(this.#keyOf('response', owner, id), text);
      for (const itemId of itemIdsOf(stored)) await this.#set(this.#keyOf('response-item', owner, itemId), id);
      return true;
    });
    if (isWritten) await this.#options.local.delete(owner, id);
    return isWritten ?? false;
  }

  /** Stores the answers of the time while Redis was away, so that the other servers have them too. */
  async #handOver(): Promise<void> {
    for (const [key, { owner, id }] of this.#waiting) {
      this.#waiting.delete(key);
      const stored = await this.#options.local.get(owner, id);
      if (stored && !(await this.#write(stored, JSON.stringify(stored)))) {
        this.#waiting.set(key, { owner, id });
        return;
      }
    }
  }

  /** Redis's answer; undefined while it is away, or if the answer is malformed. */
  async #ask<T>(what: string, task: () => Promise<T>): Promise<T | undefined> {
    const { redis, log } = this.#options;
    if (!redis.isUp) return undefined;
    try {
      return await task();
    } catch (error) {
      log.warn(`cannot ${what} a kept response in Redis`, { reason: (error as Error).message });
      return undefined;
    }
  }

  async #read(key: string): Promise<string | undefined> {
    const { redis } = this.#options;
    const sealed = await redis.call('GETEX', key, 'PX', this.#ttlMs);
    return typeof sealed === 'string' ? redis.open(sealed, key) : undefined;
  }

  async #set(key: string, text: string): Promise<void> {
    const { redis } = this.#options;
    await redis.call('SET', key, redis.seal(text, key), 'PX', this.#ttlMs);
  }
}

function toHash(owner: string, id: string): string {
  return createHash('sha256').update(toKey(owner, id)).digest('hex');
}

/** Names of owners reveal nothing either. */
function ownerHash(owner: string): string {
  return toHash(owner, '');
}

function itemIdsOf({ response: { output } }: StoredResponse): string[] {
  return output.flatMap((item) => asText(item.id) ?? []);
}

function toEntry(stored: StoredResponse, text: string): KeptEntry {
  const { owner, id } = stored;
  return {
    hash: toHash(owner, id),
    itemHashes: itemIdsOf(stored).map((itemId) => toHash(owner, itemId)),
    size: text.length,
  };
}
