/**
 * The credentials of several servers, in Redis: one sealed document, changed by one server at a time. Every change has a
 * number: a server puts its newest document back into a Redis that has lost its data, so that no server returns to a spent
 * refresh token.
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

/** Stores a document unless Redis has one with the same or a higher number. KEYS: document. ARGV: number, document. */
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
  /** This server's own file, read for a provider that Redis has no entry for. */
  file: CredentialStore;
  log: Logger;
}

type Change = (current: StoredCredential | undefined) => Promise<StoredCredential | undefined>;

export class RedisCredentialStore implements CredentialStore {
  readonly path: string;
  readonly #options: RedisCredentialStoreOptions;
  readonly #lockKey: string;
  readonly #seedsKey: string;
  /** The newest document that this server has seen. */
  #known: Known | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: RedisCredentialStoreOptions) {
    const { redis } = options;
    this.#options = options;
    this.path = redis.key(name);
    this.#lockKey = redis.key(`${name}:lock`);
    this.#seedsKey = redis.key(`${name}:seeds`);
  }

  async read(provider: CredentialProvider): Promise<StoredCredential | undefined> {
    let from = this.#known;
    try {
      from = await this.#load();
    } catch (error) {
      if (error instanceof CredentialFileError) throw error;
      // Redis is away: the last known document is used, or at first the file.
    }
    return this.#entryOf(from, provider);
  }

  update(provider: CredentialProvider, change: Change): Promise<void> {
    const turn = this.#tail.then(() => this.#changeUnderLock(provider, change));
    this.#tail = turn.catch(() => {});
    return turn;
  }

  async hasEntry(provider: CredentialProvider): Promise<boolean> {
    const from = await this.#load();
    return from ? Object.hasOwn(from.document, provider) : false;
  }

  async readSeedHash(provider: CredentialProvider): Promise<string | undefined> {
    const hash = await this.#call('HGET', this.#seedsKey, provider);
    return (hash as string | null) ?? undefined;
  }

  async writeSeedHash(provider: CredentialProvider, hash: string): Promise<void> {
    await this.#call('HSET', this.#seedsKey, provider, hash);
  }

  async checkWritable(): Promise<void> {
    await this.#call('PING');
  }

  async stamp(provider: CredentialProvider): Promise<string> {
    const { redis, file } = this.#options;
    const number = await redis.call('HGET', this.path, 'number').catch(() => this.#known?.number);
    return `${number ?? ''} ${await file.stamp(provider)}`;
  }

  /** @throws CredentialFileError when Redis is away */
  async #call(...command: Parameters<RedisConnection['call']>): Promise<unknown> {
    return this.#options.redis.call(...command).catch((cause) => {
      throw cannotReach(cause);
    });
  }

  async #load(): Promise<Known | undefined> {
    const { redis, log } = this.#options;
    const [number, sealed] = (await redis.call('HMGET', this.path, 'number', 'document')) as (string | null)[];
    if (this.#known && this.#known.number > Number(number ?? 0)) {
      log.warn('Redis has lost the newest credentials: they are stored there again');
      await this.#put(this.#known);
      return this.#known;
    }
    if (number && sealed) {
      this.#known = {
        number: Number(number),
        document: parseCredentialFile(this.#openSealed(sealed, Number(number)), this.path),
      };
    }
    return this.#known;
  }

  #openSealed(sealed: string, number: number): string {
    try {
      return this.#options.redis.open(sealed, placeOf(number));
    } catch (cause) {
      const hint = '`redisEncryptionKey` is not the one that they were stored with, or somebody has changed them';
      throw new CredentialFileError(`The credentials in Redis cannot be decrypted: ${hint}.`, { cause });
    }
  }

  async #put({ number, document }: Known): Promise<boolean> {
    const { redis } = this.#options;
    const sealed = redis.seal(formatCredentialFile(document), placeOf(number));
    return (await redis.call('EVAL', putIfNewer, 1, this.path, number, sealed)) === 1;
  }

  async #entryOf(from: Known | undefined, provider: CredentialProvider): Promise<StoredCredential | undefined> {
    if (from && Object.hasOwn(from.document, provider)) return readEntry(from.document, provider);
    return this.#options.file.read(provider);
  }

  async #changeUnderLock(provider: CredentialProvider, change: Change): Promise<void> {
    const release = await this.#lock().catch(async (cause) => {
      // A refresh need not wait for Redis: memory serves, and the schedule stores what it holds when Redis is back.
      if (!this.#options.redis.isUp) await change(await this.#entryOf(this.#known, provider));
      throw cannotReach(cause);
    });
    try {
      const before = await this.#load();
      const current = await this.#entryOf(before, provider);
      const next = await change(current);
      if (next === current) return;
      const document = writeEntry(before?.document ?? {}, provider, next);
      const changed = { number: (before?.number ?? 0) + 1, document };
      const isTaken = await this.#put(changed).catch((cause) => {
        throw cannotReach(cause);
      });
      if (!isTaken) throw new CredentialFileError('Another server has changed the credentials in Redis meanwhile.');
      this.#known = changed;
    } finally {
      await release();
    }
  }

  /** Takes the lock among the servers. @returns the function that releases it */
  async #lock(): Promise<() => Promise<void>> {
    const { redis } = this.#options;
    const holder = randomUUID();
    const deadlineMs = performance.now() + lockWaitMs;
    while ((await redis.call('SET', this.#lockKey, holder, 'NX', 'PX', lockStaleMs)) !== 'OK') {
      if (performance.now() > deadlineMs) throw new Error(`the lock ${this.#lockKey} is held by another server`);
      await sleep(pollMs + Math.random() * pollMs);
    }
    return async () => {
      // A lock that cannot be removed expires.
      await redis.call('EVAL', unlock, 1, this.#lockKey, holder).catch(() => {});
    };
  }
}

/**
 * The number is part of what is authenticated: who can write to Redis, but has no key, cannot put an older document back as
 * the newest.
 */
function placeOf(number: number): string {
  return `${name} ${number}`;
}

function cannotReach(cause: unknown): CredentialFileError {
  if (cause instanceof CredentialFileError) return cause;
  return new CredentialFileError(`The credentials in Redis cannot be changed: ${(cause as Error).message}.`, { cause });
}
