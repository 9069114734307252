/** Copies a running answer to Redis in batches, beside the stream: an event costs its client nothing. */
import type { ResumableAnswer } from './resumable-answer.ts';
import type { SharedAnswer } from './shared-answers.ts';

/** Between an event and its batch, in milliseconds: what a reader elsewhere is behind at most, and what a death can lose. */
const batchDelayMs = 50;
/** Of one batch; a longer event has one of its own. */
const maxBatchBytes = 262_144;
/** Between two signs of life, in milliseconds. */
export const beatIntervalMs = 1_000;
/** A server that says nothing for so long has died, in milliseconds. */
const lifeMs = 5 * beatIntervalMs;

export class AnswerMirror {
  readonly #answer: ResumableAnswer;
  readonly #shared: SharedAnswer;
  readonly #keepMs: number;
  readonly #onCancel: (() => void) | undefined;
  readonly #beat: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  /** Events that are in Redis, or were dropped before they came there. */
  #written = 0;
  #trimmed = 0;
  #isEndTold = false;
  /** Settles when all that has been begun is over; never rejects. */
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  /**
   * @param keepMs how long all of it is kept after the death of this server
   * @param onCancel called when a client of another server has the answer stopped; absent: they cannot
   */
  constructor(answer: ResumableAnswer, shared: SharedAnswer, keepMs: number, onCancel?: () => void) {
    this.#answer = answer;
    this.#shared = shared;
    this.#keepMs = Math.ceil(keepMs);
    this.#onCancel = onCancel;
    this.#beat = setInterval(() => this.#then(() => this.#tellOfLife()), beatIntervalMs).unref();
    this.#then(() => this.#tellOfLife());
    this.note();
  }

  /** The answer has more events, or has ended. */
  note(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => this.#then(() => this.#write()), this.#answer.isOver ? 0 : batchDelayMs);
  }

  /** Resolves when all that has come is in Redis, or cannot get there. */
  async settle(): Promise<void> {
    this.#then(() => this.#write());
    await this.#work;
  }

  /** Nobody can come back any more. */
  remove(): void {
    this.#then(() => this.#shared.remove());
    this.close();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#beat);
    clearTimeout(this.#timer);
  }

  /** One after another. While Redis is away all waits in the answer, which is bounded. */
  #then(task: () => Promise<void>): void {
    if (!this.#isClosed) this.#work = this.#work.then(task).catch(() => {});
  }

  async #tellOfLife(): Promise<void> {
    await this.#tellHead();
    this.#answer.noteRemoteReader(await this.#shared.readerPosition());
    if (this.#onCancel && !this.#answer.isOver && (await this.#shared.isCancelled())) this.#onCancel();
    await this.#write();
  }

  async #tellHead(): Promise<void> {
    const { contentType, isOver, count } = this.#answer;
    const isAllThere = isOver && this.#written >= count;
    await this.#shared.writeHead({ contentType, ...(isAllThere && { count }) }, this.#keepMs, lifeMs);
    this.#isEndTold ||= isAllThere;
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const answer = this.#answer;
    while (this.#written < answer.count) {
      this.#written = Math.max(this.#written, answer.dropped);
      const events = answer.eventsBehind(this.#written, maxBatchBytes);
      if (events.length === 0) break;
      const batch = { first: this.#written + 1, events: events.map((event) => event.toString('latin1')) };
      await this.#shared.write(batch, this.#keepMs);
      this.#written += events.length;
    }
    if (answer.dropped > this.#trimmed) {
      const { dropped } = answer;
      await this.#shared.trim(dropped + 1);
      this.#trimmed = dropped;
    }
    if (answer.isOver && !this.#isEndTold) await this.#tellHead();
  }
}
