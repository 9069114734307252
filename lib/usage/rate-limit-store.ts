/** Counts requests: in memory, and in Redis where several servers count together. */
import { type ClientRateLimitInfo, MemoryStore, type Options, type Store } from 'express-rate-limit';
import { loadPackage } from '../load-package.ts';
import type { RedisConnection } from '../storage/redis.ts';

/**
 * Counts in both, so that while Redis is away each server goes on with its own counts.
 */
export class SharedRateLimitStore implements Store {
  readonly #redis: RedisConnection;
  readonly #local = new MemoryStore();
  #options: Options | undefined;
  #shared: Promise<Store> | undefined;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  init(options: Options): void {
    this.#options = options;
    this.#local.init(options);
  }

  /** Created anew after a failure: it keeps a script that a restarted Redis does not know. */
  #openShared(): Promise<Store> {
    this.#shared ??= (async () => {
      const { RedisStore } = loadPackage<typeof import('rate-limit-redis')>('rate-limit-redis');
      const store = new RedisStore({
        prefix: this.#redis.key('rate-limit:'),
        sendCommand: (command, ...args) => this.#redis.call(command, ...args) as never,
      });
      await store.init(this.#options!);
      return store;
    })();
    return this.#shared;
  }

  async increment(key: string): Promise<ClientRateLimitInfo> {
    const local = await this.#local.increment(key);
    if (!this.#redis.isUp) return local;
    try {
      return await (await this.#openShared()).increment(key);
    } catch {
      this.#shared = undefined;
      return local;
    }
  }

  async decrement(key: string): Promise<void> {
    await this.#local.decrement(key);
  }

  async resetKey(key: string): Promise<void> {
    await this.#local.resetKey(key);
  }

  shutdown(): void {
    this.#local.shutdown();
  }
}
