import type { Socket } from 'node:net';
import { OpenCompatError } from '../errors.ts';
import { decompress, type PlainAnswer } from '../outgoing/decompress.ts';
import type { LostConnections } from '../outgoing/lost-connections.ts';
import { describeNetworkError } from '../outgoing/network-errors.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { StaleConnectionError } from './stale-connection-error.ts';

export interface UpstreamLimits {
  connectTimeoutMs: number;
  /** Longest wait for the response head. */
  idleTimeoutMs: number;
  /** Most heads of interim answers (1xx). Each head is bounded (16 KiB, `--max-http-header-size`), but not their number. */
  maxInterimAnswers: number;
}

/**
 * A kept connection that was in use less than this long ago leads somewhere: silence on it is the upstream's own, and asking a
 * slow model again would double its work.
 */
const surelyAliveMs = 1_000;

/** How a connection is named that was closed, by Node and by undici. */
const closedCodes: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** What a request is sent on. */
export interface UsedConnection {
  socket: Socket | null;
  /** Milliseconds since it was kept for the next request; undefined for a new one. */
  idleMs: number | undefined;
}

/** One upstream request on its way to a response head. */
export class UpstreamCall {
  readonly answer: Promise<UpstreamAnswer>;
  readonly #limits: UpstreamLimits;
  readonly #title: string;
  readonly #lost: LostConnections;
  #resolve!: (answer: UpstreamAnswer) => void;
  #reject!: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #isKept = false;
  #isSettled = false;
  #interimAnswers = 0;
  #stopWatching: (() => void) | undefined;
  #letGo: (() => void) | undefined;

  constructor(limits: UpstreamLimits, title: string, lost: LostConnections) {
    this.#limits = limits;
    this.#title = title;
    this.#lost = lost;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Is it known what has become of it? */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** @param letGo ends what has come of the request; instead of one that was given before */
  onLetGo(letGo: () => void): void {
    this.#letGo = letGo;
  }

  /** A connection is being opened for the request. */
  connecting(): void {
    this.#failAfter(this.#limits.connectTimeoutMs, () => this.#unreachable('it took too long to connect'));
  }

  #failAfter(ms: number, error: () => OpenCompatError): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail(error()), ms);
  }

  #unreachable(reason: string, cause?: unknown): OpenCompatError {
    return new OpenCompatError('OC_UPSTREAM_UNREACHABLE', { provider: this.#title, reason }, { cause });
  }

  /**
   * The request goes out. A silent connection is told from a slow model by evidence alone, as a second request costs the model
   * double: the machine has slept or left its network, which is noticed at once; or the connection lay idle before, and not a
   * byte has come in all the time that the upstream has.
   */
  started({ socket, idleMs }: UsedConnection): void {
    const { idleTimeoutMs } = this.#limits;
    // Made when it is needed: an error takes its stack along, which costs more than the rest of this.
    const timeout = () =>
      new OpenCompatError('OC_UPSTREAM_TIMEOUT', { provider: this.#title, seconds: idleTimeoutMs / 1000 });
    const stale = () => new StaleConnectionError(this.#title, 'it did not answer', timeout());
    this.#isKept = idleMs !== undefined;
    this.#failAfter(idleTimeoutMs, idleMs !== undefined && idleMs >= surelyAliveMs ? stale : timeout);
    if (socket) this.#stopWatching = this.#lost.watch(socket, () => this.fail(stale()));
  }

  /** An interim answer (1xx) came. */
  countInterim(): void {
    this.#interimAnswers += 1;
    if (this.#interimAnswers <= this.#limits.maxInterimAnswers) return;
    const reason = 'it sent more interim answers (1xx) than `maxInterimAnswers`';
    this.fail(new OpenCompatError('OC_UPSTREAM_INVALID', { provider: this.#title, api: 'HTTP', reason }));
  }

  /** The connection was closed, which says nothing of a request that has an answer or an error. */
  closed(): void {
    if (!this.#isSettled) this.fail(this.#unreachable('it closed the connection without an answer'));
  }

  answered(answer: PlainAnswer): void {
    this.#settle();
    this.#resolve(decompress(answer));
  }

  #settle(): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#stopWatching?.();
  }

  fail(error: unknown): void {
    this.#settle();
    this.#reject(error);
    this.#letGo?.();
  }

  failOnNetwork(error: NodeJS.ErrnoException): void {
    const reason = describeNetworkError(error);
    const isStale = this.#isKept && closedCodes.has(error.code);
    this.fail(isStale ? new StaleConnectionError(this.#title, reason, error) : this.#unreachable(reason, error));
  }
}
