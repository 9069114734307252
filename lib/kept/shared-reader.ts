/** Sends a client an answer that another server runs, or has run, out of Redis. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SharedAnswer } from './shared-answers.ts';

/** Between two looks for new events, in milliseconds. */
const pollMs = 100;
/** For so long a Redis that is away is waited for, in milliseconds. */
const awayMs = 10_000;

export interface SharedReaderOptions {
  answer: SharedAnswer;
  /** Events that the client has had. */
  position: number;
  /** Its head is sent when the first events are known to be there. */
  res: ServerResponse;
  writeHead(): void;
  /** The server stops: the client comes back elsewhere. */
  signal: AbortSignal;
  /** How long the client may read nothing, in milliseconds. */
  stallMs: number;
  /** Silence after which `keepalive` is sent, in milliseconds; 0 = never. */
  keepaliveMs: number;
  keepalive: string;
  /**
   * The event that ends the stream without the rest; undefined: the connection is cut, as the client can come back.
   * @param events that the client has had
   */
  toLoss(events: number, loss: Loss): string | undefined;
}

/** Why the rest does not come, in words for the client. */
export const lossReasons = {
  gone: 'the events that follow are not kept any more',
  unkept: 'it is not kept any more',
  dead: 'the server that ran it has died',
  away: 'Redis is away',
} as const;
export type Loss = keyof typeof lossReasons;

type Step = 'more' | 'wait' | 'end' | Loss;

/**
 * Resolves when the client has been sent all, or has left.
 * @returns false where the events that the client needs next are not kept any more; nothing has been sent then
 */
export async function sendSharedAnswer(options: SharedReaderOptions): Promise<boolean> {
  const reader = new SharedReader(options);
  return reader.run();
}

class SharedReader {
  readonly #options: SharedReaderOptions;
  #position: number;
  #sentAtMs = performance.now();
  #awaySinceMs: number | undefined;

  constructor(options: SharedReaderOptions) {
    this.#options = options;
    this.#position = options.position;
  }

  async run(): Promise<boolean> {
    const { res, signal, toLoss } = this.#options;
    while (!res.destroyed) {
      const step = signal.aborted ? 'end' : await this.#step().catch((error: Error) => this.#noteAway(error));
      if (step === 'gone' && !res.headersSent) return false;
      if (step === 'wait') await this.#wait();
      else if (signal.aborted) res.destroy();
      else if (step === 'end') return this.#end('');
      else if (step !== 'more') {
        const loss = toLoss(this.#position, step);
        if (loss !== undefined) return this.#end(loss);
        res.destroy();
      }
    }
    return true;
  }

  #end(text: string): true {
    this.#open();
    this.#options.res.end(text);
    return true;
  }

  #open(): void {
    if (!this.#options.res.headersSent) this.#options.writeHead();
  }

  async #step(): Promise<Step> {
    const { answer } = this.#options;
    await answer.noteReader(this.#position);
    // Before the events: what the server wrote before it died is there.
    const { head, isAlive } = await answer.look();
    const batches = await answer.read(this.#position);
    this.#awaySinceMs = undefined;
    for (const { first, events } of batches) {
      if (first > this.#position + 1) return 'gone';
      const more = events.slice(this.#position + 1 - first);
      this.#position += more.length;
      await this.#send(Buffer.from(more.join(''), 'latin1'));
    }
    if (batches.length > 0) return 'more';
    if (!head) return 'unkept';
    if (head.count !== undefined) return head.count === this.#position ? 'end' : 'gone';
    return isAlive ? 'wait' : 'dead';
  }

  #noteAway(error: Error): Step {
    const now = performance.now();
    this.#awaySinceMs ??= now;
    if (!this.#options.res.headersSent) throw error;
    return now - this.#awaySinceMs < awayMs ? 'wait' : 'away';
  }

  async #wait(): Promise<void> {
    const { keepaliveMs, keepalive } = this.#options;
    this.#open();
    if (keepaliveMs > 0 && keepalive !== '' && performance.now() - this.#sentAtMs >= keepaliveMs) {
      await this.#send(Buffer.from(keepalive));
    }
    await sleep(pollMs);
  }

  async #send(bytes: Buffer): Promise<void> {
    const { res, stallMs } = this.#options;
    this.#open();
    this.#sentAtMs = performance.now();
    if (res.write(bytes) || res.destroyed) return;
    const stall = setTimeout(() => res.destroy(), stallMs).unref();
    await Promise.race([once(res, 'drain'), once(res, 'close')]);
    clearTimeout(stall);
  }
}
