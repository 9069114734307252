/** Kept answers in Redis, where several servers find them: encrypted, each under a name that tells nothing of it. */
import { createHash } from 'node:crypto';
import { asText, parseObject } from './lenient-json.ts';
import type { Logger } from './log.ts';
import type { RedisConnection } from './redis.ts';
import type { ResponseStore, StoredResponse } from './responses-store.ts';

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

  function toKey(kind: 'response' | 'response-item', owner: string, id: string): string {
    const hash = createHash('sha256').update(`${owner.length}:${owner}${id}`).digest('hex');
    return redis.key(`${kind}:${hash}`);
  }

  async function read(key: string): Promise<string | undefined> {
    const sealed = await redis.call('GETEX', key, 'PX', ttlMs);
    return typeof sealed === 'string' ? redis.open(sealed, key) : undefined;
  }

  async function write(key: string, text: string): Promise<void> {
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

  return {
    async get(owner, id) {
      return (await find(owner, id)) ?? local.get(owner, id);
    },

    async findByItem(owner, itemId) {
      const id = await ask('find', () => read(toKey('response-item', owner, itemId)));
      const stored = id === undefined ? undefined : await find(owner, id);
      return stored ?? local.findByItem(owner, itemId);
    },

    async put(stored) {
      const { owner, id, response } = stored;
      // Here first: who goes on from it at once must find it.
      await local.put(stored);
      const text = JSON.stringify(stored);
      const isWritten =
        text.length <= maxBytes &&
        (await ask('write', async () => {
          await write(toKey('response', owner, id), text);
          for (const item of response.output) {
            const itemId = asText(item.id);
            if (itemId) await write(toKey('response-item', owner, itemId), id);
          }
          return true;
        }));
      if (isWritten) await local.delete(owner, id);
    },

    async delete(owner, id) {
      const removed = await ask('remove', () => redis.call('DEL', toKey('response', owner, id)));
      const isLocal = await local.delete(owner, id);
      return Number(removed) > 0 || isLocal;
    },

    close: () => local.close(),
  };
}
