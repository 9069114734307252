/**
 * Reads the bytes of an upstream's answer. Everything that can end a reading is decided here: silence, an abort, a broken
 * connection, a client that does not read, and the consumer's own verdict. The consumers are read-events.ts, relay.ts,
 * read-whole.ts and refusal-text.ts.
 */
import { OpenCompatError } from '../errors.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { createSilenceTimer, type SilenceTimer } from './silence-timer.ts';

export interface ReaderOptions {
  /** The provider's name in messages: "ChatGPT". */
  providerTitle: string;
  /** Longest silence of the upstream, and longest time in which a client reads nothing, in milliseconds. */
  idleTimeoutMs: number;
  /** Its reason is what the reading rejects with. */
  signal: AbortSignal;
}

/** Takes the bytes. Whatever a method throws ends the reading and is what `UpstreamReader.read` rejects with. */
export interface ByteConsumer {
  take(bytes: Buffer): void;
  /** The bytes of one socket read have all been taken. false: the upstream waits until `drained` resolves. */
  flush?(): boolean;
  /** Resolves when the client has taken what was written. */
  drained?(): Promise<void>;
  /** The upstream's last byte has been taken. An answer that is not finished now counts as cut off. */
  end(): void;
}

/** Time between the end of an answer and the end of the upstream's stream, in milliseconds. */
const endGraceMs = 5_000;

export class UpstreamReader {
  readonly #answer: UpstreamAnswer;
  readonly #options: ReaderOptions;
  #consumer!: ByteConsumer;
  #silence!: SilenceTimer;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  #isSettled = false;
  #isFlushDue = false;
  #isWaitingForClient = false;

  constructor(answer: UpstreamAnswer, options: ReaderOptions) {
    this.#answer = answer;
    this.#options = options;
  }

  /**
   * Gives the consumer all bytes. Resolves when somebody calls `finish` or `cut`.
   * @throws OpenCompatError OC_UPSTREAM_TIMEOUT, OC_CLIENT_STALLED, OC_UPSTREAM_STREAM_CLOSED; the signal's reason; what
   * the consumer throws. The upstream has been let go then.
   */
  read(consumer: ByteConsumer): Promise<void> {
    this.#consumer = consumer;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      const { signal, idleTimeoutMs } = this.#options;
      this.#silence = createSilenceTimer(idleTimeoutMs, () => this.fail(this.#silenceError()));
      this.#answer.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
      this.#answer.on('error', this.#onClose);
      signal.addEventListener('abort', this.#onAbort);
      if (signal.aborted) this.#onAbort();
    });
  }

  /** Has the reading ended? Nothing that comes now counts. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** The answer is complete. What still follows is read off, so that the connection can be used again. */
  finish(): void {
    if (!this.#settle()) return;
    if (!this.#answer.readableEnded) readOff(this.#answer);
    this.#resolve();
  }

  /** No more of the answer is wanted: the upstream is let go. */
  cut(): void {
    if (!this.#settle()) return;
    this.#answer.destroy();
    this.#resolve();
  }

  fail(error: unknown): void {
    if (!this.#settle()) return;
    this.#answer.destroy();
    this.#reject(error);
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#silence.stop();
    this.#answer.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    this.#answer.off('error', this.#onClose);
    // A late error of a stream that is already dealt with must not become an uncaught one.
    this.#answer.on('error', ignoreLateError);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    return true;
  }

  readonly #onData = (bytes: Buffer): void => {
    // Node gives each HTTP chunk of one socket read apart; the tick comes when all of them are through.
    if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      process.nextTick(this.#flush);
    }
    try {
      this.#consumer.take(bytes);
    } catch (error) {
      this.fail(error);
    }
  };

  readonly #flush = (): void => {
    if (!this.#isFlushDue) return;
    this.#isFlushDue = false;
    if (this.#isSettled) return;
    this.#silence.touch();
    try {
      if (this.#consumer.flush?.() === false && !this.#isWaitingForClient) this.#waitForClient();
    } catch (error) {
      this.fail(error);
    }
  };

  #waitForClient(): void {
    this.#isWaitingForClient = true;
    this.#answer.pause();
    this.#consumer.drained?.().then(() => {
      this.#isWaitingForClient = false;
      if (this.#isSettled) return;
      this.#silence.touch();
      this.#answer.resume();
    });
  }

  readonly #onEnd = (): void => {
    this.#flush();
    if (this.#isSettled) return;
    try {
      this.#consumer.end();
    } catch (error) {
      this.fail(error);
    }
    this.#onClose();
  };

  /** A broken connection says so with `error`, one that was cut with `close` and no `end`. */
  readonly #onClose = (): void => {
    this.#flush();
    this.fail(new OpenCompatError('OC_UPSTREAM_STREAM_CLOSED', { provider: this.#options.providerTitle }));
  };

  readonly #onAbort = (): void => {
    this.fail(this.#options.signal.reason);
  };

  #silenceError(): OpenCompatError {
    const { providerTitle: provider, idleTimeoutMs } = this.#options;
    const seconds = idleTimeoutMs / 1000;
    return this.#isWaitingForClient
      ? new OpenCompatError('OC_CLIENT_STALLED', { seconds })
      : new OpenCompatError('OC_UPSTREAM_TIMEOUT', { provider, seconds });
  }
}

/** Lets an upstream end its stream, so that its connection can be used again; one that does not is cut. */
function readOff(answer: UpstreamAnswer): void {
  const timer = setTimeout(() => answer.destroy(), endGraceMs).unref();
  answer.once('close', () => clearTimeout(timer));
  answer.resume();
}

function ignoreLateError(): void {}
