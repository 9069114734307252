/**
 * The credentials of several servers, in Redis: one sealed document, changed by one server at a time. Every change has a
 * number, so that a Redis that has lost what it knew (restarted without its data) is given the newest again by whoever
 * has it, instead of leading the servers back to a refresh token that is spent.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import type { RedisConnection } from '../storage/redis.ts';
import {
  type CredentialDocument,
  CredentialFileError,
  type CredentialProvider,
  formatCredentialFile,
  parseCredentialFile,
  readEntry,
  type StoredCredential,
  writeEntry,
} from './credential-file.ts';
import type { CredentialStore } from './credential-store.ts';

/** A lock older than this is abandoned. Longer than the longest work under it: two attempts of a refresh. */
const lockStaleMs = 60_000;
/** Longest wait; outlasts an abandoned lock. */
const lockWaitMs = 75_000;
const pollMs = 50;

const name = 'credentials';

/** Takes a document unless there is one of the same number or a higher one. KEYS: document. ARGV: number, document. */
const putIfNewer = `
local known = tonumber(redis.call('HGET', KEYS[1], 'number') or '0')
if known >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'number', ARGV[1], 'document', ARGV[2])
return 1`;

/** Removes a lock if it is still the caller's. KEYS: lock. ARGV: its holder. */
const unlock = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

interface Known {
  number: number;
  document: CredentialDocument;
}

export interface RedisCredentialStoreOptions {
  redis: RedisConnection;
  /** Where a provider's sign-in is read that Redis has nothing of: this server's own file. */
  file: CredentialStore;
  log: Logger;
}

export function createRedisCredentialStore({ redis, file, log }: RedisCredentialStoreOptions): CredentialStore {
  const documentKey = redis.key(name);
  const lockKey = redis.key(`${name}:lock`);
  const seedsKey = redis.key(`${name}:seeds`);
  /** The newest that this server has seen. */
  let known: Known | undefined;
  let tail: Promise<unknown> = Promise.resolve();

  async function put({ number, document }: Known): Promise<boolean> {
    const sealed = redis.seal(formatCredentialFile(document), name);
    return (await redis.call('EVAL', putIfNewer, 1, documentKey, number, sealed)) === 1;
  }

  async function load(): Promise<Known | undefined> {
    const [number, sealed] = (await redis.call('HMGET', documentKey, 'number', 'document')) as (string | null)[];
    if (known && known.number > Number(number ?? 0)) {
      log.warn('Redis has lost the newest credentials: they are put there again');
      await put(known);
      return known;
    }
    if (number && sealed)
      known = { number: Number(number), document: parseCredentialFile(openSealed(sealed), documentKey) };
    return known;
  }

  function openSealed(sealed: string): string {
    try {
      return redis.open(sealed, name);
    } catch (cause) {
      const hint = '`redisEncryptionKey` is not the one that they were stored with';
      throw new CredentialFileError(`The credentials in Redis cannot be decrypted: ${hint}.`, { cause });
    }
  }

  function entryOf(from: Known | undefined, provider: CredentialProvider): Promise<StoredCredential | undefined> {
    if (from && Object.hasOwn(from.document, provider)) return Promise.resolve(readEntry(from.document, provider));
    return file.read(provider);
  }

  async function lock(): Promise<() => Promise<void>> {
    const holder = randomUUID();
    const deadlineMs = performance.now() + lockWaitMs;
    while ((await redis.call('SET', lockKey, holder, 'NX', 'PX', lockStaleMs)) !== 'OK') {
      if (performance.now() > deadlineMs) throw new Error(`the lock ${lockKey} is held by another server`);
      await sleep(pollMs + Math.random() * pollMs);
    }
    return async () => {
      // One that cannot be removed runs out.
      await redis.call('EVAL', unlock, 1, lockKey, holder).catch(() => {});
    };
  }

  async function changeUnderLock(
    provider: CredentialProvider,
    change: (current: StoredCredential | undefined) => Promise<StoredCredential | undefined>,
  ): Promise<void> {
    const release = await lock().catch((cause) => {
      throw cannotReach(cause);
    });
    try {
      const before = await load();
      const current = await entryOf(before, provider);
      const next = await change(current);
      if (next === current) return;
      const changed = {
        number: (before?.number ?? 0) + 1,
        document: writeEntry(before?.document ?? {}, provider, next),
      };
      const isTaken = await put(changed).catch((cause) => {
        throw cannotReach(cause);
      });
      if (!isTaken) throw new CredentialFileError('Another server has changed the credentials in Redis meanwhile.');
      known = changed;
    } finally {
      await release();
    }
  }

  return {
    path: documentKey,
    async read(provider) {
      let from = known;
      try {
        from = await load();
      } catch (error) {
        if (error instanceof CredentialFileError) throw error;
        // Redis is away: what is known serves, and to begin with the file.
      }
      return entryOf(from, provider);
    },
    update(provider, change) {
      const turn = tail.then(() => changeUnderLock(provider, change));
      tail = turn.catch(() => {});
      return turn;
    },
    async hasEntry(provider) {
      const from = await load();
      return from ? Object.hasOwn(from.document, provider) : false;
    },
    async readSeedHash(provider) {
      const hash = await redis.call('HGET', seedsKey, provider).catch((cause) => {
        throw cannotReach(cause);
      });
      return (hash as string | null) ?? undefined;
    },
    async writeSeedHash(provider, hash) {
      await redis.call('HSET', seedsKey, provider, hash).catch((cause) => {
        throw cannotReach(cause);
      });
    },
    async checkWritable() {
      await redis.call('PING').catch((cause) => {
        throw cannotReach(cause);
      });
    },
    async stamp(provider) {
      const number = await redis.call('HGET', documentKey, 'number').catch(() => known?.number);
      return `${number ?? ''} ${await file.stamp(provider)}`;
    },
  };
}

function cannotReach(cause: unknown): CredentialFileError {
  if (cause instanceof CredentialFileError) return cause;
  return new CredentialFileError(`The credentials in Redis cannot be changed: ${(cause as Error).message}.`, { cause });
}
