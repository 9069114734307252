/**
 * Records exchanges and writes their captures, one file each, in the data folder. What has ended waits in memory, is cleaned of
 * secrets and written between other work, one at a time; a slow or full disk loses captures, never a request.
 */

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Logger } from '../log.ts';
import { version } from '../version.ts';
import {
  type CapturedHeaders,
  type CapturedModel,
  type CaptureLine,
  captureExtension,
  captureVersion,
  type RecordReason,
  toCapturedBytes,
  writeCapture,
} from './capture.ts';
import { type RawLine, type RecordedExchange, Recording } from './recording.ts';
import { Redactor } from './redaction.ts';

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
/** Captures between two looks at the folder. */
const pruneEvery = 50;

export interface RecordOrder {
  readonly reason: RecordReason;
  /** Asked when the exchange has ended: may it be kept? */
  isKept(exchange: RecordedExchange, res: ServerResponse): boolean;
  describeModel(): CapturedModel | undefined;
}

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #waiting: { recording: Recording; reason: RecordReason }[] = [];
  readonly #running = new Set<Recording>();
  #heldBytes = 0;
  #writing: Promise<void> | undefined;
  #sincePrune = 0;
  /** Captures that could not be kept. */
  lost = 0;
  #fault = '';

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Records an exchange from here on. */
  begin(req: IncomingMessage, res: ServerResponse, exchange: RecordedExchange, order: RecordOrder): Recording {
    const recording = new Recording(exchange, {
      describeModel: order.describeModel,
      allowance: { take: (bytes) => this.#take(recording, bytes) },
    });
    recording.tapRequest(req);
    recording.tapResponse(res);
    this.#running.add(recording);
    res.once('close', () => {
      this.#running.delete(recording);
      if (order.isKept(exchange, res)) {
        recording.end(res);
        this.#waiting.push({ recording, reason: order.reason });
        this.#writing ??= this.#writeAll();
      } else this.#letGo(recording);
    });
    return recording;
  }

  #take(recording: Recording, bytes: number): boolean {
    const { maxBytes, maxMemoryBytes } = this.#options;
    if (recording.heldBytes + bytes > maxBytes || this.#heldBytes + bytes > maxMemoryBytes) return false;
    this.#heldBytes += bytes;
    return true;
  }

  #letGo(recording: Recording): void {
    this.#heldBytes -= recording.heldBytes;
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      // Requests that wait go first.
      await new Promise(setImmediate);
      const next = this.#waiting.shift();
      if (!next) break;
      try {
        await this.#write(next.recording, next.reason);
        this.#fault = '';
      } catch (error) {
        this.#lose(error as NodeJS.ErrnoException);
      }
      this.#letGo(next.recording);
    }
    this.#writing = undefined;
  }

  /** Each fault is told once, and again after it has gone. */
  #lose(error: NodeJS.ErrnoException): void {
    this.lost += 1;
    const reason = error.code ?? error.message;
    if (reason !== this.#fault)
      this.#options.log.error('captures are lost: they cannot be written', { folder: this.#options.folder, reason });
    this.#fault = reason;
  }

  async #write(recording: Recording, reason: RecordReason): Promise<void> {
    const { folder } = this.#options;
    const text = writeCapture(clean(recording, reason, this.#options.keepsFiles));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const time = new Date(recording.startedAtMs).toISOString().replace(/[:.]/g, '-');
    await writeFile(join(folder, `${time}_${randomUUID().slice(0, 8)}${captureExtension}`), text, {
      mode: 0o600,
      flag: 'wx',
    });
    if (this.#sincePrune++ % pruneEvery === 0) await this.#prune();
  }

  async #prune(): Promise<void> {
    const { folder, maxFiles, maxDays } = this.#options;
    const names = (await readdir(folder)).filter((name) => name.endsWith(captureExtension)).sort();
    const excess = names.length + pruneEvery - Math.max(maxFiles, pruneEvery);
    const oldestMs = Date.now() - maxDays * msPerDay;
    for (const [index, name] of names.entries()) {
      const path = join(folder, name);
      if (index >= excess && (await stat(path)).mtimeMs >= oldestMs) break;
      await rm(path, { force: true });
    }
  }

  /** Writes what waits. The connections have been closed; their exchanges hear of it in the next turns of the event loop. */
  async close(): Promise<void> {
    for (let turn = 0; this.#running.size > 0 && turn < maxClosingTurns; turn += 1) await new Promise(setImmediate);
    await this.#writing;
    if (this.lost > 0) this.#options.log.warn('captures were lost', { number: this.lost });
  }
}

/** The lines of a capture, without secrets. */
export function clean(recording: Recording, reason: RecordReason, keepsFiles: boolean): CaptureLine[] {
  const redactor = new Redactor({ keepsFiles });
  for (const { headers } of recording.lines) if (headers) redactor.learn(headers as CapturedHeaders);
  const cleaned = new Map<RawLine, Buffer>();
  for (const group of groupsOfBytes(recording.lines)) {
    const pieces = redactor.pieces(group.map(({ bytes }) => bytes!));
    for (const [index, line] of group.entries()) cleaned.set(line, pieces[index]!);
  }
  const head: CaptureLine = {
    at: 'capture',
    version: captureVersion,
    program: version,
    id: redactor.text(recording.exchange.id),
    startedAt: new Date(recording.startedAtMs).toISOString(),
    reason,
  };
  return [head, ...recording.lines.map((line) => cleanLine(line, cleaned.get(line), redactor))];
}

/** Bytes that are one text: those of one answer, in which a secret may stand across two reads. Each request is a text of its own. */
function groupsOfBytes(lines: readonly RawLine[]): RawLine[][] {
  const withBytes = lines.filter(({ bytes }) => bytes !== undefined);
  const joined = Map.groupBy(withBytes, (line) => {
    if (line.at === 'event') return `event ${line.choice} ${line.transform}`;
    return line.at.endsWith('.bytes') ? `${line.at} ${line.n ?? ''}` : line;
  });
  return [...joined.values()];
}

function cleanLine(line: RawLine, bytes: Buffer | undefined, redactor: Redactor): CaptureLine {
  const { bytes: _raw, headers, path, url, at, ms, ...fields } = line;
  const rest = {
    at,
    ms,
    ...(redactor.json(fields) as object),
    ...(path !== undefined && { path: redactor.path(path as string) }),
    ...(url !== undefined && { url: redactor.path(url as string) }),
    ...(headers !== undefined && { headers: redactor.headers(headers as CapturedHeaders) }),
  };
  if (!bytes) return rest as never;
  if (at === 'canonical') return { ...rest, request: JSON.parse(bytes.toString()) } as never;
  if (at === 'event') return { ...rest, ...JSON.parse(bytes.toString()) } as never;
  return { ...rest, ...toCapturedBytes(bytes) } as never;
}
