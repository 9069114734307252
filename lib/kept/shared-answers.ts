/** Resumable answers in Redis, so that a client may come back to another server than the one that runs its answer. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { asText, parseObject } from '../lenient-json.ts';
import type { RedisConnection } from '../storage/redis.ts';
import type { AnswerScope } from './resumable-answer.ts';
import { toKey } from './stored-entry.ts';

/** For how long a reader counts that was last noted, in milliseconds. */
const readerLifeMs = 5_000;
/** For how long the server that runs an answer can be told that it is to stop, in milliseconds. */
const cancelLifeMs = 30_000;
/** Between two notes of a reader. */
const noteIntervalMs = 1_000;
/** An answer's head may come to Redis later than to its client, who may be here at once: a second look after this time. */
const secondLookMs = 200;
/** Most batches that one read takes. */
const maxBatches = 16;

/** What the server that runs an answer tells of it. */
export interface AnswerHead {
  contentType: string;
  /** How many events it has, once it has all of them. */
  count?: number;
}

/** Events that follow one another. */
export interface EventBatch {
  /** Number of the first one, counted from 1. */
  first: number;
  /** As clients are sent them; each byte a character. */
  events: readonly string[];
}

export interface AnswerState {
  /** Undefined when nothing is kept any more. */
  head: AnswerHead | undefined;
  /** Does the server that runs it live? */
  isAlive: boolean;
}

/** Where one answer stands. Its names reveal nothing, and nobody finds it who asks as another client or on another path. */
export class SharedAnswer {
  readonly #redis: RedisConnection;
  readonly #name: string;
  #notedAtMs = Number.NEGATIVE_INFINITY;

  constructor(redis: RedisConnection, { owner, path }: AnswerScope, id: string) {
    this.#redis = redis;
    this.#name = createHash('sha256')
      .update(toKey(owner, toKey(path, id)))
      .digest('hex');
  }

  #keyOf(part: 'head' | 'events' | 'alive' | 'reader' | 'cancel'): string {
    return this.#redis.key(`answer:${this.#name}:${part}`);
  }

  /**
   * @param keepMs how long it is kept from now on
   * @param lifeMs how long its server is taken to be alive from now on
   */
  async writeHead(head: AnswerHead, keepMs: number, lifeMs: number): Promise<void> {
    const key = this.#keyOf('head');
    await this.#redis.call('SET', this.#keyOf('alive'), '1', 'PX', lifeMs);
    await this.#redis.call('SET', key, this.#redis.seal(JSON.stringify(head), key), 'PX', keepMs);
    await this.#redis.call('PEXPIRE', this.#keyOf('events'), keepMs);
  }

  /** A batch that is there already, as the answer to its first writing was lost, stays as it is. */
  async write(batch: EventBatch, keepMs: number): Promise<void> {
    const key = this.#keyOf('events');
    const last = batch.first + batch.events.length - 1;
    const sealed = this.#redis.seal(JSON.stringify(batch), key);
    await this.#redis.call('XADD', key, `${last}-0`, 'events', sealed).catch((error: Error) => {
      if (!error.message.includes('equal or smaller')) throw error;
    });
    await this.#redis.call('PEXPIRE', key, keepMs);
  }

  /** Drops the batches whose events all have lower numbers. */
  async trim(first: number): Promise<void> {
    await this.#redis.call('XTRIM', this.#keyOf('events'), 'MINID', `${first}-0`);
  }

  async remove(): Promise<void> {
    await this.#redis.call('DEL', this.#keyOf('head'));
    await this.#redis.call('DEL', this.#keyOf('events'));
  }

  /** Events that a reader elsewhere has had; undefined where nobody reads. */
  async readerPosition(): Promise<number | undefined> {
    const text = await this.#redis.call('GET', this.#keyOf('reader'));
    return typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  }

  /** Tells the server that runs the answer that somebody reads it: now and then, however often it is called. */
  async noteReader(position: number): Promise<void> {
    if (performance.now() - this.#notedAtMs < noteIntervalMs) return;
    await this.#redis.call('SET', this.#keyOf('reader'), String(position), 'PX', readerLifeMs);
    this.#notedAtMs = performance.now();
  }

  /** Asks the server that runs the answer to stop it. */
  async cancel(): Promise<void> {
    await this.#redis.call('SET', this.#keyOf('cancel'), '1', 'PX', cancelLifeMs);
  }

  async isCancelled(): Promise<boolean> {
    return (await this.#redis.call('GET', this.#keyOf('cancel'))) !== null;
  }

  async look(): Promise<AnswerState> {
    // In this order: a server that has died after its last word is not missed.
    const isAlive = (await this.#redis.call('GET', this.#keyOf('alive'))) !== null;
    const key = this.#keyOf('head');
    const head = parseObject(this.#open(await this.#redis.call('GET', key), key));
    const contentType = asText(head?.contentType);
    const count = head?.count;
    return {
      head:
        contentType === undefined
          ? undefined
          : { contentType, ...(Number.isSafeInteger(count) && { count: count as number }) },
      isAlive,
    };
  }

  /** The next events behind a position, in batches that may begin before it. */
  async read(position: number): Promise<EventBatch[]> {
    const key = this.#keyOf('events');
    const rows = await this.#redis.call('XRANGE', key, `${position + 1}-0`, '+', 'COUNT', maxBatches);
    return (rows as [string, string[]][]).map(([, fields]) => JSON.parse(this.#open(fields[1], key)) as EventBatch);
  }

  #open(sealed: unknown, key: string): string {
    return typeof sealed === 'string' ? this.#redis.open(sealed, key) : '';
  }
}

/** Undefined for an answer that nobody runs or has run for this client on this path. */
export async function findSharedAnswer(
  redis: RedisConnection,
  scope: AnswerScope,
  id: string,
): Promise<(AnswerHead & { answer: SharedAnswer }) | undefined> {
  const answer = new SharedAnswer(redis, scope, id);
  const head = (await answer.look()).head ?? (await sleep(secondLookMs).then(() => answer.look())).head;
  return head && { ...head, answer };
}
