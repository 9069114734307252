/** Decides which exchanges are recorded. Loads the recorder when the first one is. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { isLoopbackAddress } from '../origins.ts';
import type { CapturedModel } from './capture.ts';
import type { Recorder, RecorderLimits } from './recorder.ts';
import type { RecordedExchange, Recording } from './recording.ts';

export const recordHeader = 'x-opencompat-record';

/** `errors`: those that fail. */
export type RecordMode = 'off' | 'errors' | 'all';

/** What the operator wants for some time, besides the configuration. */
export interface RecordWish {
  readonly mode: Exclude<RecordMode, 'off'>;
  /** Unix milliseconds. */
  readonly untilMs: number;
  /** Name of the client key that is recorded; undefined: all. */
  readonly key: string | undefined;
}

/** Longest time for which the operator can have requests recorded, in seconds. */
export const maxRecordS = 86_400;

/** As a request of the operator has it. */
export interface AskedWish {
  /** Default: `all`. */
  readonly mode?: unknown;
  /** A number, or its text. */
  readonly seconds?: unknown;
  readonly key?: unknown;
}

/** @param isKey is there a client key of this name? @throws OpenCompatError */
export function readWish({ mode = 'all', seconds, key }: AskedWish, isKey: (name: string) => boolean): RecordWish {
  const expect = (isMet: boolean, param: string, expected: string) => {
    if (isMet) return;
    throw new OpenCompatError('OC_INVALID_VALUE', { reason: `Invalid '${param}': expected ${expected}.` }, { param });
  };
  expect(mode === 'all' || mode === 'errors', 'mode', '`all` or `errors`');
  const wantedS = Number(seconds);
  expect(wantedS >= 1 && wantedS <= maxRecordS, 'seconds', `a number from 1 to ${maxRecordS}`);
  expect(key === undefined || (typeof key === 'string' && isKey(key)), 'key', 'the name of a client key');
  return { mode: mode as RecordWish['mode'], untilMs: Date.now() + wantedS * 1000, key: key as string | undefined };
}

/** What is recorded, and until when. */
export interface RecordState {
  readonly mode: RecordMode;
  /** Unix milliseconds; absent: it is what the configuration says. */
  readonly untilMs?: number;
  readonly key?: string;
}

export interface RecordableExchange extends RecordedExchange {
  readonly clientKey?: { readonly name: string; readonly mayRecord?: boolean };
  recording?: Recording;
}

export interface RecordingsOptions extends RecorderLimits {
  readonly dataDir: string;
  readonly log: Logger;
}

export function capturesFolderOf(dataDir: string): string {
  return join(dataDir, 'captures');
}

export class Recordings {
  readonly #options: RecordingsOptions;
  #wish: RecordWish | undefined;
  #timer: NodeJS.Timeout | undefined;
  #recorder: Promise<Recorder> | undefined;

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  /** What the operator has asked for, while it holds. */
  get wish(): RecordWish | undefined {
    if (this.#wish && Date.now() >= this.#wish.untilMs) this.#end('its time is over');
    return this.#wish;
  }

  /** Records for some time what the operator wants, in the place of what was wanted before. @param by who, for the log */
  start(wish: RecordWish, by: string): void {
    clearTimeout(this.#timer);
    this.#wish = wish;
    this.#timer = setTimeout(() => this.#end('its time is over'), wish.untilMs - Date.now()).unref();
    const until = new Date(wish.untilMs).toISOString();
    this.#options.log.info('requests are recorded', { mode: wish.mode, until, key: wish.key, by });
  }

  /** @returns was there anything to end? */
  stop(by: string): boolean {
    if (!this.wish) return false;
    this.#end(`${by} has stopped it`);
    return true;
  }

  #end(reason: string): void {
    clearTimeout(this.#timer);
    this.#wish = undefined;
    this.#options.log.info('the recording of requests has ended', { reason });
  }

  /** @param mode of the configuration */
  stateOf(mode: RecordMode): RecordState {
    const { wish } = this;
    return wish ? { mode: wish.mode, untilMs: wish.untilMs, ...(wish.key && { key: wish.key }) } : { mode };
  }

  /** Is an exchange to be recorded, at least until it is known who asks? @param mode of the configuration */
  isWanted(req: IncomingMessage, mode: RecordMode): boolean {
    // The handshake of a WebSocket asks for nothing yet; each of its turns is a request of its own.
    if (req.headers.upgrade !== undefined) return false;
    return mode !== 'off' || this.#wish !== undefined || req.headers[recordHeader] !== undefined;
  }

  /** Records an exchange; resolves when its taps are in place. */
  async begin(
    req: IncomingMessage,
    res: ServerResponse,
    exchange: RecordableExchange,
    { mode, describeModel }: { mode: RecordMode; describeModel(): CapturedModel | undefined },
  ): Promise<void> {
    const { wish } = this;
    const isAsked = req.headers[recordHeader] === '1';
    if (mode === 'off' && !wish && !isAsked) return;
    const isOwnMachine = isLoopbackAddress(req.socket.remoteAddress ?? 'unknown') && !isForwarded(req);
    const recorder = await this.#open();
    exchange.recording = recorder.begin(req, res, exchange, {
      reason: mode === 'all' || wish?.mode === 'all' ? 'all' : isAsked ? 'asked' : 'errors',
      describeModel,
      isKept({ error, clientKey }, { statusCode, writableFinished }, hasUpstreamFailed) {
        const isFailed = error !== undefined || statusCode >= 400 || (!writableFinished && hasUpstreamFailed);
        const isMode = (wanted: RecordMode) => wanted === 'all' || (wanted === 'errors' && isFailed);
        if (isMode(mode)) return true;
        if (wish && isMode(wish.mode) && (wish.key === undefined || wish.key === clientKey?.name)) return true;
        const { mayRecord = false } = (clientKey ?? {}) as { mayRecord?: boolean };
        return isAsked && (clientKey ? mayRecord : isOwnMachine);
      },
    });
  }

  #open(): Promise<Recorder> {
    this.#recorder ??= import('./recorder.ts').then(
      ({ Recorder: Opened }) => new Opened({ ...this.#options, folder: capturesFolderOf(this.#options.dataDir) }),
    );
    return this.#recorder;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await (await this.#recorder)?.close();
  }
}

/** A proxy on this machine passes on requests of others. */
function isForwarded({ headers }: IncomingMessage): boolean {
  return headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
}
