/** What one request of several servers may be at, at a time: claimed in Redis, for as long as the server says that it is. */
import { createHash, randomUUID } from 'node:crypto';
import type { RedisConnection } from '../storage/redis.ts';

/** A server that has died lets go by itself after this time, in milliseconds. */
const lifeMs = 30_000;
const renewMs = lifeMs / 3;

export class SharedClaims {
  readonly #redis: RedisConnection;
  readonly #owned = new Map<string, { token: string; renewal: NodeJS.Timeout }>();

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /** @returns false while another request has it @throws Error while Redis is away */
  async claim(name: string): Promise<boolean> {
    const key = this.#keyOf(name);
    const token = randomUUID();
    if ((await this.#redis.call('SET', key, token, 'PX', lifeMs, 'NX')) === null) return false;
    const renewal = setInterval(() => {
      this.#redis.call('PEXPIRE', key, lifeMs).catch(() => {});
    }, renewMs).unref();
    this.#owned.set(name, { token, renewal });
    return true;
  }

  /** Never rejects: what cannot be let go now goes by itself. */
  async release(name: string): Promise<void> {
    const owned = this.#owned.get(name);
    if (!owned) return;
    this.#owned.delete(name);
    clearInterval(owned.renewal);
    const key = this.#keyOf(name);
    try {
      // Another may have it, if this server was out of reach for too long.
      if ((await this.#redis.call('GET', key)) === owned.token) await this.#redis.call('DEL', key);
    } catch {
      // Redis is away.
    }
  }

  #keyOf(name: string): string {
    return this.#redis.key(`claim:${createHash('sha256').update(name).digest('hex')}`);
  }
}
