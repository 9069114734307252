/** The connection to Redis or Valkey, where several servers share their state. A server goes on while Redis is away. */
import type { Redis } from 'ioredis';
import type { Logger } from '../log.ts';
import { maskUrlCredentials } from '../masking.ts';
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

export async function openRedis(config: RedisConfig, log: Logger): Promise<RedisConnection> {
  const { Redis } = await import('ioredis');
  const url = config.url.reveal();
  const client: Redis = new Redis(url, {
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // A command that cannot be sent now fails at once: its caller goes on without it.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, maxRetryDelayMs),
  });
  const address = maskUrlCredentials(url);
  let reason: string | undefined = 'it has not been reached yet';
  let isClosed = false;

  client.on('ready', () => {
    reason = undefined;
    log.info('Redis is there', { address });
  });
  client.on('error', (error: NodeJS.ErrnoException) => {
    const words = error.code ?? error.message;
    if (reason === undefined || reason === 'it has not been reached yet') {
      log.error('Redis cannot be reached: going on with what is in memory', { address, reason: words });
    }
    reason = words;
  });
  client.on('close', () => {
    if (isClosed || reason !== undefined) return;
    reason = 'the connection was closed';
    log.error('Redis is gone: going on with what is in memory', { address });
  });

  return {
    ...createSealer(config.encryptionKey),
    get isUp() {
      return client.status === 'ready';
    },
    get reason() {
      return reason;
    },
    key: (name) => config.keyPrefix + name,
    async call(command, ...args) {
      // ioredis would say so too, in words about its own options.
      if (client.status !== 'ready') throw new Error(`Redis is away: ${reason ?? 'the connection was closed'}`);
      return client.call(command, args);
    },
    onUp: (task) => client.on('ready', task),
    settled: () =>
      new Promise((resolve) => {
        if (client.status === 'ready') return resolve();
        const timer = setTimeout(resolve, connectTimeoutMs);
        const settle = () => {
          clearTimeout(timer);
          resolve();
        };
        client.once('ready', settle).once('close', settle);
      }),
    close() {
      isClosed = true;
      client.disconnect();
    },
  };
}
