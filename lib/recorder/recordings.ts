/** Decides which exchanges are recorded. Loads the recorder when the first one is. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
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
  #recorder: Promise<Recorder> | undefined;

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  /** What the operator has asked for, while it holds. */
  get wish(): RecordWish | undefined {
    if (this.#wish && Date.now() >= this.#wish.untilMs) this.#wish = undefined;
    return this.#wish;
  }

  set wish(wish: RecordWish | undefined) {
    this.#wish = wish;
  }

  /** Is an exchange to be recorded, at least until it is known who asks? @param mode of the configuration */
  isWanted(req: IncomingMessage, mode: RecordMode): boolean {
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
      isKept({ error, clientKey }, { statusCode }) {
        const isFailed = error !== undefined || statusCode >= 400;
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
    await (await this.#recorder)?.close();
  }
}

/** A proxy on this machine passes on requests of others. */
function isForwarded({ headers }: IncomingMessage): boolean {
  return headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
}
