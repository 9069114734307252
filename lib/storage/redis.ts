/** The connection to Redis or Valkey, where several servers share their state. A server goes on while Redis is away. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { loadPackage } from '../load-package.ts';
import type { Logger } from '../log.ts';
import { maskUrlCredentials } from '../masking.ts';
import { publicText } from '../public-text.ts';
import type { RedisConfig } from './redis-config.ts';
import { createSealer, type Sealer } from './sealed-text.ts';

/** Longest wait for an answer, in milliseconds; requests wait for it too. */
const commandTimeoutMs = 1_000;
const connectTimeoutMs = 5_000;
/** Between two attempts to connect, at most. */
const maxRetryDelayMs = 2_000;

export interface RedisConnection extends Sealer {
  readonly isUp: boolean;
  /** Why it is away, in words; never a secret. */
  readonly reason: string | undefined;
  /** A key's full name. */
  key(name: string): string;
  /** @throws Error at once while Redis is away, and when it does not answer in time or refuses */
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  /** Calls back each time that Redis comes back. */
  onUp(task: () => void): void;
  /** Resolves when Redis has been reached, or the time to connect is over. */
  settled(): Promise<void>;
  close(): void;
}

/** Between two looks at a Redis that is away, in milliseconds. */
const probeIntervalMs = 1_000;
/** So many looks in vain make a new connection: to another address perhaps, if the name has got one. */
const probesPerConnection = 5;
/**
 * What a Redis says that takes no writes, or nothing at all: a replica after a failover, a full disk or memory, a start. See
 * https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors.
 */
const awayWords = /\b(?:READONLY|MISCONF|OOM|LOADING|MASTERDOWN|CLUSTERDOWN|NOREPLICAS)\b/;
/** In ioredis's words. */
const timeoutWords = 'Command timed out';

export async function openRedis(config: RedisConfig, log: Logger): Promise<RedisConnection> {
  const { Redis } = loadPackage<typeof import('ioredis')>('ioredis');
  const url = config.url.reveal();
  const client: Redis = new Redis(url, {
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // A command that cannot be sent now fails at once: its caller goes on without it.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, maxRetryDelayMs),
  });
  return new GuardedRedis(client, config, log);
}

/**
 * A circuit breaker: after one command without an answer, or one that is refused because Redis takes no writes, all others fail
 * at once, until a write is taken again.
 */
class GuardedRedis implements RedisConnection {
  readonly seal: Sealer['seal'];
  readonly open: Sealer['open'];
  readonly #client: Redis;
  readonly #log: Logger;
  readonly #address: string;
  readonly #keyPrefix: string;
  readonly #tasks: (() => void)[] = [];
  #isUp = false;
  #isClosed = false;
  #reason: string | undefined = 'it has not been reached yet';
  #hasBeenTold = false;
  #probe: NodeJS.Timeout | undefined;
  #vainProbes = 0;

  constructor(client: Redis, config: RedisConfig, log: Logger) {
    const { seal, open } = createSealer(config.encryptionKey);
    this.seal = seal;
    this.open = open;
    this.#client = client;
    this.#log = log;
    this.#address = maskUrlCredentials(config.url.reveal());
    this.#keyPrefix = config.keyPrefix;
    client.on('ready', () => void this.#look());
    client.on('error', (error: NodeJS.ErrnoException) => this.#goAway(error.code ?? error.message));
    client.on('close', () => this.#goAway(this.#isUp ? 'the connection was closed' : this.#reason));
  }

  get isUp(): boolean {
    return this.#isUp && this.#client.status === 'ready';
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  key(name: string): string {
    return this.#keyPrefix + name;
  }

  async call(command: string, ...args: (string | number)[]): Promise<unknown> {
    if (!this.isUp) throw new Error(`Redis is away: ${this.#reason ?? 'the connection was closed'}`);
    try {
      return await this.#client.call(command, args);
    } catch (error) {
      const reason = reasonToGoAway((error as Error).message);
      if (reason !== undefined) {
        this.#goAway(reason);
        this.#lookLater();
      }
      throw error;
    }
  }

  onUp(task: () => void): void {
    this.#tasks.push(task);
  }

  async settled(): Promise<void> {
    if (this.isUp) return;
    const limit = new AbortController();
    const isSettled = new Promise<void>((resolve) => {
      this.#tasks.push(resolve);
      this.#client.once('close', resolve);
    });
    await Promise.race([isSettled, sleep(connectTimeoutMs, undefined, { signal: limit.signal }).catch(() => {})]);
    limit.abort();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#probe);
    this.#client.disconnect();
  }

  #goAway(reason: string | undefined): void {
    this.#isUp = false;
    this.#reason = reason;
    if (this.#isClosed || this.#hasBeenTold) return;
    this.#hasBeenTold = true;
    this.#log.error('Redis is away: going on with what is in memory', { address: this.#address, reason });
  }

  #comeBack(): void {
    this.#isUp = true;
    this.#reason = undefined;
    this.#hasBeenTold = false;
    this.#vainProbes = 0;
    this.#log.info('Redis is there', { address: this.#address });
    for (const task of this.#tasks) task();
  }

  /** Is a write taken? A replica, and a Redis without room, answer everything else. */
  async #look(): Promise<void> {
    this.#probe = undefined;
    if (this.#isClosed || this.#isUp || this.#client.status !== 'ready') return;
    try {
      await this.#client.set(this.key('probe'), '1', 'PX', probeIntervalMs);
      this.#comeBack();
    } catch (error) {
      const { message } = error as Error;
      this.#goAway(reasonToGoAway(message) ?? message);
      this.#vainProbes += 1;
      if (this.#vainProbes % probesPerConnection === 0) this.#client.disconnect(true);
      else this.#lookLater();
    }
  }

  #lookLater(): void {
    this.#probe ??= setTimeout(() => void this.#look(), probeIntervalMs).unref();
  }
}

/** Undefined for an error of one command alone. */
function reasonToGoAway(message: string): string | undefined {
  if (message === timeoutWords) return `it gave no answer within ${commandTimeoutMs / 1000} seconds`;
  return awayWords.test(message) ? publicText(message) : undefined;
}
