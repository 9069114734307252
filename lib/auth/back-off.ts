/** Decides how long to wait before asking a failed sign-in server again. */
import type { OpenCompatError } from '../errors.ts';

const firstDelayMs = 5_000;
/** The longest wait of the schedule, which delays no request, and the longest `Retry-After` that is accepted. */
const maxDelayMs = 5 * 60_000;
/** The longest wait of a request, so that a server that is back is used soon, even after a long outage. */
const maxRequestDelayMs = 30_000;

/** Who wants to ask: a client's request, or the schedule, which renews tokens ahead of requests. */
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
   * Starts a wait after a failure.
   * @param error thrown to callers during the wait, with the remaining time
   * @param toldMs the wait that the server itself asked for, in milliseconds
   * @returns how long a request waits, in milliseconds
   */
  start(error: OpenCompatError, toldMs?: number): number {
    this.#error = error;
    this.#delayMs = Math.min(maxDelayMs, toldMs ?? (this.#delayMs * 2 || firstDelayMs));
    const requestMs = toldMs === undefined ? Math.min(maxRequestDelayMs, this.#delayMs) : this.#delayMs;
    this.#untilMs = { request: this.#now() + requestMs, schedule: this.#now() + this.#delayMs };
    return requestMs;
  }

  /** The server has answered without failure. */
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
