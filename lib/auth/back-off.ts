/** How long a sign-in server that has failed is left alone. */
import type { OpenCompatError } from '../errors.ts';

const firstDelayMs = 5_000;
/** The longest wait of the schedule, for which nobody waits, and the longest `Retry-After` that is believed. */
const maxDelayMs = 5 * 60_000;
/** The longest wait of a request: a server that is back serves people soon, however long it was away. */
const maxRequestDelayMs = 30_000;

/** Who wants to ask: somebody's request, or the schedule, which renews tokens ahead of requests. */
export type Asker = 'request' | 'schedule';

/** Waits 5 s after the first failure and twice as long after each further one. */
export class BackOff {
  readonly #now: () => number;
  #error: OpenCompatError | undefined;
  #delayMs = 0;
  #untilMs: Record<Asker, number> = { request: 0, schedule: 0 };

  /** @param now Unix milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Begins to wait after a failure.
   * @param error thrown to those who ask meanwhile, with the time that is left
   * @param toldMs how long the server itself wants to be left alone, in milliseconds
   * @returns how long a request waits, in milliseconds
   */
  start(error: OpenCompatError, toldMs?: number): number {
    this.#error = error;
    this.#delayMs = Math.min(maxDelayMs, toldMs ?? (this.#delayMs * 2 || firstDelayMs));
    const requestMs = toldMs === undefined ? Math.min(maxRequestDelayMs, this.#delayMs) : this.#delayMs;
    this.#untilMs = { request: this.#now() + requestMs, schedule: this.#now() + this.#delayMs };
    return requestMs;
  }

  /** The server has answered well. */
  end(): void {
    this.#error = undefined;
    this.#delayMs = 0;
  }

  /** The last failure, with the seconds to wait for; undefined when the server may be asked. */
  errorFor(asker: Asker): OpenCompatError | undefined {
    const leftMs = this.#untilMs[asker] - this.#now();
    return leftMs > 0 ? this.#error?.withRetryAfter(leftMs / 1000) : undefined;
  }
}
