/**
 * Records exchanges and writes their captures, one file each, in the data folder. What has ended waits in memory, is cleaned of
 * secrets and written between other work, one at a time; a slow or full disk loses captures, never a request.
 */

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Logger } from '../log.ts';
import { whenClosed } from '../when-closed.ts';
import { type CapturedModel, captureExtension, type RecordReason } from './capture.ts';
import { captureBytes, type EndedRecording, type RecordedExchange, Recording } from './recording.ts';
import { writeCapture } from './writing.ts';

export interface RecorderLimits {
  /** Of one capture. */
  readonly maxBytes: number;
  /** Most files. */
  readonly maxFiles: number;
  readonly maxDays: number;
  /** Of all captures that are being recorded or wait to be written. */
  readonly maxMemoryBytes: number;
  /** Are pictures and files kept as they are? */
  readonly keepsFiles: boolean;
}

export interface RecorderOptions extends RecorderLimits {
  readonly folder: string;
  readonly log: Logger;
}

const msPerDay = 86_400_000;
/** Turns of the event loop in which exchanges may end when the server has closed. */
const maxClosingTurns = 100;
/** Captures between two looks at the folder: other servers may write there too. */
const lookEvery = 50;

export interface RecordOrder {
  readonly reason: RecordReason;
  /** Asked when the exchange has ended: may it be kept? */
  isKept(exchange: RecordedExchange, res: ServerResponse, hasUpstreamFailed: boolean): boolean;
  describeModel(): CapturedModel | undefined;
}

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #waiting: { recording: EndedRecording; reason: RecordReason }[] = [];
  readonly #running = new Set<Recording>();
  #heldBytes = 0;
  #writing: Promise<void> | undefined;
  /** Captures in the folder, the oldest first. */
  #names: string[] = [];
  #written = 0;
  /** Captures that could not be kept. */
  lost = 0;
  #fault = '';
  #isClosed = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Records an exchange from here on. @returns undefined where there is no room: the disk is too slow */
  begin(
    req: IncomingMessage,
    res: ServerResponse,
    exchange: RecordedExchange,
    order: RecordOrder,
  ): Recording | undefined {
    if (this.#heldBytes + captureBytes > this.#options.maxMemoryBytes) {
      this.#lose('recordMaxMemoryBytes is reached');
      return undefined;
    }
    this.#heldBytes += captureBytes;
    const recording = new Recording(exchange, {
      describeModel: order.describeModel,
      allowance: {
        take: (bytes) => this.#take(recording, bytes),
        giveBack: (bytes) => (this.#heldBytes -= bytes),
      },
    });
    recording.tapRequest(req);
    recording.tapResponse(res);
    this.#running.add(recording);
    whenClosed(res, () => void this.#ended(recording, exchange, res, order));
    return recording;
  }

  async #ended(
    recording: Recording,
    exchange: RecordedExchange,
    res: ServerResponse,
    order: RecordOrder,
  ): Promise<void> {
    const isKept = order.isKept(exchange, res, recording.hasUpstreamFailed);
    if (!isKept || this.#isClosed) recording.stopReading();
    await recording.whenRead();
    this.#running.delete(recording);
    if (isKept) {
      this.#waiting.push({ recording: recording.end(res), reason: order.reason });
      this.#writing ??= this.#writeAll();
    } else this.#letGo(recording);
  }

  #take(recording: Recording, bytes: number): boolean {
    const { maxBytes, maxMemoryBytes } = this.#options;
    if (recording.heldBytes + bytes > maxBytes || this.#heldBytes + bytes > maxMemoryBytes) return false;
    this.#heldBytes += bytes;
    return true;
  }

  #letGo({ heldBytes }: EndedRecording | Recording): void {
    this.#heldBytes -= heldBytes;
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      // Requests that wait go first.
      await new Promise(setImmediate);
      const next = this.#waiting.shift();
      if (!next) break;
      try {
        await this.#write(next.recording, next.reason);
        if (this.#waiting.length === 0) this.#fault = '';
      } catch (error) {
        this.#lose((error as NodeJS.ErrnoException).code ?? (error as Error).message);
      }
      this.#letGo(next.recording);
    }
    this.#writing = undefined;
  }

  /** Each fault is told once, and again after it has gone. */
  #lose(reason: string): void {
    this.lost += 1;
    if (reason !== this.#fault)
      this.#options.log.error('captures are lost: they cannot be written', { folder: this.#options.folder, reason });
    this.#fault = reason;
  }

  async #write(recording: EndedRecording, reason: RecordReason): Promise<void> {
    const { folder } = this.#options;
    const text = await writeCapture(recording, reason, this.#options.keepsFiles);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = `${timeInName(recording.startedAtMs)}_${randomUUID().slice(0, 8)}${captureExtension}`;
    const path = join(folder, name);
    try {
      await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      // A full disk takes the begin of it.
      await rm(path, { force: true });
      throw error;
    }
    await this.#prune(name);
  }

  /** The names begin with their time. @param written of the newest capture */
  async #prune(written: string): Promise<void> {
    const { folder, maxFiles, maxDays } = this.#options;
    if (this.#written++ % lookEvery === 0)
      this.#names = (await readdir(folder)).filter((name) => name.endsWith(captureExtension)).sort();
    else this.#names.push(written);
    const oldest = timeInName(Date.now() - maxDays * msPerDay);
    while (this.#names.length > maxFiles || (this.#names[0] ?? written) < oldest)
      await rm(join(folder, this.#names.shift()!), { force: true });
  }

  /** Writes what waits. The connections have been closed; their exchanges hear of it in the next turns of the event loop. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const recording of this.#running) recording.stopReading();
    for (let turn = 0; this.#running.size > 0 && turn < maxClosingTurns; turn += 1) await new Promise(setImmediate);
    await this.#writing;
    if (this.lost > 0) this.#options.log.warn('captures were lost', { number: this.lost });
  }
}

function timeInName(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[:.]/g, '-');
}
