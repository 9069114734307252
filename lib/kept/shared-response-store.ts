/** Kept answers in Redis, where several servers find them: encrypted, each under a name that tells nothing of it. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { asText, parseObject } from '../lenient-json.ts';
import type { Logger } from '../log.ts';
import type { RedisConnection } from '../storage/redis.ts';
import type { ResponseStore, StoredResponse } from './response-store.ts';

/**
 * An answer is told to its client before Redis has it. Who goes on from it at once, on another server, may be there first:
 * what is not found is looked for again after this time.
 */
const secondLookMs = 200;
/** Answers that wait for Redis to come back; those beyond stay where they are. */
const maxWaiting = 1_000;

export interface SharedResponseStoreOptions {
  redis: RedisConnection;
  /** Keeps what Redis does not take: while it is away, and what is too large for it. */
  local: ResponseStore;
  /** Time after its last use for which an answer is kept. */
  ttlMs: number;
  /** Of one answer, as JSON text, in UTF-16 units. */
  maxBytes: number;
  log: Logger;
}

export function createSharedResponseStore(options: SharedResponseStoreOptions): ResponseStore {
  const { redis, local, maxBytes, log } = options;
  const ttlMs = Math.ceil(options.ttlMs);
  /** What Redis should have, but was not there to take. */
  const waiting = new Map<string, Pick<StoredResponse, 'owner' | 'id'>>();
  redis.onUp(() => void handOver());

  function toKey(kind: 'response' | 'response-item', owner: string, id: string): string {
    const hash = createHash('sha256').update(`${owner.length}:${owner}${id}`).digest('hex');
    return redis.key(`${kind}:${hash}`);
  }

  async function read(key: string): Promise<string | undefined> {
    const sealed = await redis.call('GETEX', key, 'PX', ttlMs);
    return typeof sealed === 'string' ? redis.open(sealed, key) : undefined;
  }

  async function set(key: string, text: string): Promise<void> {
    await redis.call('SET', key, redis.seal(text, key), 'PX', ttlMs);
  }

  /** What Redis says; undefined while it is away, or says what cannot be read. */
  async function ask<T>(what: string, task: () => Promise<T>): Promise<T | undefined> {
    if (!redis.isUp) return undefined;
    try {
      return await task();
    } catch (error) {
      log.warn(`cannot ${what} a kept response in Redis`, { reason: (error as Error).message });
      return undefined;
    }
  }

  async function find(owner: string, id: string): Promise<StoredResponse | undefined> {
    const text = await ask('find', () => read(toKey('response', owner, id)));
    const stored = text === undefined ? undefined : parseObject(text);
    return stored as StoredResponse | undefined;
  }

  async function write(stored: StoredResponse, text: string): Promise<boolean> {
    const { owner, id, response } = stored;
    const isWritten = await ask('write', async () => {
      await set(toKey('response', owner, id), text);
      for (const item of response.output) {
        const itemId = asText(item.id);
        if (itemId) await set(toKey('response-item', owner, itemId), id);
      }
      return true;
    });
    if (isWritten) await local.delete(owner, id);
    return isWritten ?? false;
  }

  /** What was answered while Redis was away, so that the other servers can go on from it too. */
  async function handOver(): Promise<void> {
    for (const [key, { owner, id }] of waiting) {
      waiting.delete(key);
      const stored = await local.get(owner, id);
      if (stored && !(await write(stored, JSON.stringify(stored)))) {
        waiting.set(key, { owner, id });
        return;
      }
    }
  }

  return {
    async get(owner, id) {
      const found = (await find(owner, id)) ?? (await local.get(owner, id));
      if (found || !redis.isUp) return found;
      await sleep(secondLookMs);
      return find(owner, id);
    },

    async findByItem(owner, itemId) {
      const id = await ask('find', () => read(toKey('response-item', owner, itemId)));
      const stored = id === undefined ? undefined : await find(owner, id);
      return stored ?? local.findByItem(owner, itemId);
    },

    async put(stored) {
      const { owner, id } = stored;
      // Here first: who goes on from it at once must find it.
      await local.put(stored);
      const text = JSON.stringify(stored);
      if (text.length > maxBytes || (await write(stored, text))) return;
      const key = toKey('response', owner, id);
      if (waiting.size < maxWaiting) waiting.set(key, { owner, id });
    },

    async delete(owner, id) {
      const removed = await ask('remove', () => redis.call('DEL', toKey('response', owner, id)));
      const isLocal = await local.delete(owner, id);
      return Number(removed) > 0 || isLocal;
    },

    close: () => local.close(),
  };
}
