/**
 * Reads the bytes of an upstream's answer. Decides on everything that can end a reading: silence, an abort, a broken
 * connection, a client that does not read, and the consumer's own verdict. The consumers are read-events.ts, relay.ts,
 * read-whole.ts and refusal-text.ts.
 */
import { OpenCompatError } from '../errors.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { isA } from '../thrown.ts';
import { createSilenceTimer, type SilenceTimer } from './silence-timer.ts';

export interface ReaderOptions {
  /** The provider's name in messages: "ChatGPT". */
  providerTitle: string;
  /** Longest silence of the upstream, and longest time in which a client reads nothing, in milliseconds. */
  idleTimeoutMs: number;
  /** The reading rejects with its reason. */
  signal: AbortSignal;
}

/** Takes the bytes. An error that a method throws ends the reading, and `UpstreamReader.read` rejects with it. */
export interface ByteConsumer {
  take(bytes: Buffer): void;
  /** Called after all bytes of one socket read. false: the upstream waits until `drained` resolves. */
  flush?(): boolean;
  /** Resolves when the client has taken what was written. */
  drained?(): Promise<void>;
  /** Called after the upstream's last byte. An answer that is unfinished then counts as cut off. */
  end(): void;
}

/** Most time between the end of an answer and the end of the upstream's stream, in milliseconds. */
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
   * Gives the consumer all bytes. Resolves after a call of `finish` or `cut`.
   * @throws OpenCompatError OC_UPSTREAM_TIMEOUT, OC_CLIENT_STALLED, OC_UPSTREAM_STREAM_CLOSED; the signal's reason; what
   * the consumer throws. The upstream has been aborted then.
   */
  read(consumer: ByteConsumer): Promise<void> {
    this.#consumer = consumer;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      const { signal, idleTimeoutMs } = this.#options;
      this.#silence = createSilenceTimer(idleTimeoutMs, () => this.fail(this.#silenceError()));
      this.#answer.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
      this.#answer.on('error', this.#onError);
      signal.addEventListener('abort', this.#onAbort);
      if (signal.aborted) this.#onAbort();
      // It broke before anybody read it: all its events have passed.
      else if (this.#answer.destroyed) this.#onError(this.#answer.errored ?? undefined);
    });
  }

  /** Has the reading ended? Nothing that comes now counts. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** The answer is complete. The rest of the stream is read and discarded, so that the connection can be reused. */
  finish(): void {
    if (!this.#settle()) return;
    if (!this.#answer.readableEnded) readOff(this.#answer);
    this.#resolve();
  }

  /** Aborts the upstream: the rest of the answer is not needed. */
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

  /** The upstream is not at fault. */
  #failOnConsumer(error: unknown): void {
    if (!this.#settle()) return;
    if (this.#answer.readOn) this.#answer.readOn();
    else this.#answer.destroy();
    this.#reject(error);
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#silence.stop();
    this.#answer.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    this.#answer.off('error', this.#onError);
    // A late error of a finished stream must not become an uncaught exception.
    this.#answer.on('error', ignoreLateError);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    return true;
  }

  readonly #onData = (bytes: Buffer): void => {
    const wasFlushDue = this.#isFlushDue;
    this.#isFlushDue = true;
    try {
      this.#consumer.take(bytes);
    } catch (error) {
      this.#failOnConsumer(error);
    }
    if (this.#answer.isReadInOnePiece) this.#flush();
    // Node emits each HTTP chunk of a socket read separately; the tick comes after the last.
    else if (!wasFlushDue) process.nextTick(this.#flush);
  };

  readonly #flush = (): void => {
    if (!this.#isFlushDue) return;
    this.#isFlushDue = false;
    if (this.#isSettled) return;
    this.#silence.touch();
    try {
      const mayReadOn = this.#consumer.flush?.() !== false;
      if (!mayReadOn && !this.#isSettled && !this.#isWaitingForClient) this.#waitForClient();
    } catch (error) {
      this.#failOnConsumer(error);
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
      this.#failOnConsumer(error);
    }
    this.#onClose();
  };

  /** A broken connection emits `error`; a cut one emits `close` without `end`. */
  readonly #onClose = (): void => this.#onError(undefined);

  /** @param cause an answer from inside the process tells why it broke */
  readonly #onError = (cause: unknown): void => {
    this.#flush();
    const { providerTitle: provider } = this.#options;
    this.fail(
      isA(cause, OpenCompatError) ? cause : new OpenCompatError('OC_UPSTREAM_STREAM_CLOSED', { provider }, { cause }),
    );
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

/** Waits for an upstream to end its stream, so that its connection can be reused; cuts one that does not. */
function readOff(answer: UpstreamAnswer): void {
  const timer = setTimeout(() => answer.destroy(), endGraceMs).unref();
  answer.once('close', () => clearTimeout(timer));
  answer.resume();
}

function ignoreLateError(): void {}
