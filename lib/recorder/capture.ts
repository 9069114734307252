/**
 * The format of captures: what passed by in one exchange, as JSON lines, one line for each thing that happened, in order. README.md
 * describes it. Readers pass over stages and fields that they do not know.
 */
import { isUtf8 } from 'node:buffer';
import { asObject, asText, type Json, parseObject } from '../lenient-json.ts';
import { type PackedText, unpack } from './packed-text.ts';

export const captureVersion = 2;
/** Its bytes are those of one read in each line. */
const olderVersion = 1;
export const captureExtension = '.capture.jsonl';

/** Bytes as they came: as text where they are UTF-8. */
export interface CapturedBytes {
  readonly text?: string;
  readonly base64?: string;
}

/** What is written of the bytes of a stream. */
export interface CapturedContent extends CapturedBytes {
  readonly packed?: PackedText;
}

/** Longest text that is unpacked, in characters: a file of few bytes could tell of a text without an end. */
const maxUnpackedCharacters = 256 * 1024 * 1024;

export type CapturedHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface CapturedError {
  readonly code?: string;
  readonly status?: number;
  readonly message: string;
  /** The causes of it, the nearest first. */
  readonly causes?: readonly string[];
}

/** The stages of an exchange, in the order in which it takes them. `explain` uses the same names. */
export const stages = [
  'client.request',
  'model',
  'canonical',
  'upstream.request',
  'upstream.head',
  'upstream.bytes',
  'upstream.end',
  'event',
  'client.head',
  'client.bytes',
  'end',
] as const;

/** The lines of a capture that has been read: those of bytes are one read, or one write, each. Every line has `ms`, milliseconds since the request came. `n` counts the upstream requests of the exchange, from 0. */
export type CaptureLine =
  | { at: 'capture'; version: number; program: string; id: string; startedAt: string; reason: RecordReason }
  | ({ at: 'client.request'; ms: number; method: string; path: string; headers: CapturedHeaders } & CapturedBytes)
  | ({ at: 'model'; ms: number } & CapturedModel)
  | { at: 'canonical'; ms: number; request: unknown }
  | ({
      at: 'upstream.request';
      n: number;
      ms: number;
      method: string;
      url: string;
      headers: CapturedHeaders;
      /** The API that its answer comes in; absent: the default, Responses, or none (vectors). */
      api?: string;
      isPassThrough: boolean;
    } & CapturedBytes)
  | { at: 'upstream.head'; n: number; ms: number; status: number; headers: CapturedHeaders }
  | ({ at: 'upstream.bytes'; n: number; ms: number } & CapturedBytes)
  | { at: 'upstream.end'; n: number; ms: number; how: 'end' | 'closed' | 'failed'; error?: CapturedError }
  | {
      at: 'event';
      ms: number;
      choice: number;
      transform: number;
      box: string;
      before: unknown;
      after: readonly unknown[];
    }
  | { at: 'client.head'; ms: number; status: number; headers: CapturedHeaders }
  | ({ at: 'client.bytes'; ms: number } & CapturedBytes)
  | {
      at: 'end';
      ms: number;
      status: number;
      client?: string;
      isAborted: boolean;
      ignored: readonly string[];
      error?: CapturedError;
      /** Bytes that were left out because the capture had reached its limit. */
      leftOutBytes?: number;
    };

export type LineOf<Stage extends CaptureLine['at']> = Extract<CaptureLine, { at: Stage }>;

/** Why it was recorded: everything is, it failed, or the request asked for it. */
export type RecordReason = 'all' | 'errors' | 'asked';

export interface CapturedModel {
  /** As the client named it. */
  readonly asked: string;
  readonly model: string;
  readonly provider: string;
  readonly providerTitle: string;
  /** Name of the built-in provider that it is; absent: a plugin. */
  readonly providerType?: string;
  /** `fallback`: a stand-in of its alias, after the one before had failed. */
  readonly why: 'name' | 'alias' | 'suffix' | 'stand-in' | 'fallback';
}

/** A capture that has been read. */
export class Capture {
  readonly lines: readonly CaptureLine[];

  constructor(lines: readonly CaptureLine[]) {
    this.lines = lines;
  }

  get id(): string {
    return this.first('capture')?.id ?? '';
  }

  first<Stage extends CaptureLine['at']>(stage: Stage): LineOf<Stage> | undefined {
    return this.lines.find((line): line is LineOf<Stage> => line.at === stage);
  }

  all<Stage extends CaptureLine['at']>(stage: Stage): LineOf<Stage>[] {
    return this.lines.filter((line): line is LineOf<Stage> => line.at === stage);
  }

  /** What the client got, in one piece. */
  get clientBytes(): Buffer {
    return Buffer.concat(this.all('client.bytes').map(bytesOf));
  }

  /** The upstream's answers, in the order of their requests. */
  get upstreamAnswers(): UpstreamRecord[] {
    return this.all('upstream.request').map((request) => {
      const isOfIt = ({ n }: { n: number }) => n === request.n;
      return {
        request,
        head: this.all('upstream.head').find(isOfIt),
        reads: this.all('upstream.bytes').filter(isOfIt),
        end: this.all('upstream.end').find(isOfIt),
      };
    });
  }
}

/** One upstream request with its answer, as far as there was one. */
export interface UpstreamRecord {
  readonly request: LineOf<'upstream.request'>;
  readonly head: LineOf<'upstream.head'> | undefined;
  readonly reads: readonly LineOf<'upstream.bytes'>[];
  readonly end: LineOf<'upstream.end'> | undefined;
}

export function bytesOf({ text, base64 }: CapturedBytes): Buffer {
  return base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
}

export function toCapturedBytes(bytes: Buffer): CapturedBytes {
  return isUtf8(bytes) ? { text: bytes.toString() } : { base64: bytes.toString('base64') };
}

/** A file that is no capture. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}

/** @throws CaptureError */
export function parseCapture(text: string): Capture {
  const reader = new CaptureReader();
  const lines = text.split('\n').flatMap((line) => reader.read(line));
  if (lines.length === 0) throw new CaptureError('This is no capture: it is empty.');
  // What was read while something else happened stands in one line with what came before it.
  const [head, ...others] = lines as [LineOf<'capture'>, ...Exclude<CaptureLine, { at: 'capture' }>[]];
  return new Capture([head, ...others.sort((a, b) => a.ms - b.ms)]);
}

/** Reads a capture line by line. */
export class CaptureReader {
  #hasHead = false;
  /** The bytes of each upstream answer: a client may have got the same. */
  readonly #upstreamBytes = new Map<unknown, Buffer>();

  /** @returns what the line of a file stands for, in the order of the reads it tells of @throws CaptureError */
  read(text: string): CaptureLine[] {
    const line = parseObject(text);
    if (line === undefined) return [];
    if (!this.#hasHead) this.#readHead(line);
    if (!isLine(line)) return [];
    if (line.at !== 'upstream.bytes' && line.at !== 'client.bytes') return [line as unknown as CaptureLine];
    return this.#readsOf(line);
  }

  #readHead({ at, version }: Json): void {
    if (at !== 'capture') throw new CaptureError('This is no capture: its first line does not begin one.');
    if (version !== captureVersion && version !== olderVersion)
      throw new CaptureError(
        `This capture has version ${String(version)}; this program reads ${olderVersion} and ${captureVersion}.`,
      );
    this.#hasHead = true;
  }

  #readsOf(line: Json): CaptureLine[] {
    const { text: _text, base64: _base64, packed: _packed, sameAs, reads, ...fields } = line;
    const bytes = sameAs === undefined ? contentOf(line) : (this.#upstreamBytes.get(sameAs) ?? Buffer.alloc(0));
    if (line.at === 'upstream.bytes') this.#upstreamBytes.set(line.n, bytes);
    const told = Array.isArray(reads) ? reads.filter(isRead) : [];
    if (told.length === 0) return [{ ...fields, ...toCapturedBytes(bytes) } as never];
    let at = 0;
    return told.map(([ms, length], index) => {
      const start = at;
      at = index === told.length - 1 ? bytes.length : at + length;
      return { ...fields, ms, ...toCapturedBytes(bytes.subarray(start, at)) } as never;
    });
  }
}

/** What readers rely on, with its type: files may come from anywhere. */
const neededFields: Readonly<Record<string, Readonly<Record<string, 'string' | 'number' | 'object'>>>> = {
  'client.request': { method: 'string', path: 'string', headers: 'object' },
  model: { asked: 'string', model: 'string', provider: 'string', providerTitle: 'string' },
  'upstream.request': { n: 'number', method: 'string', url: 'string', headers: 'object' },
  'upstream.head': { n: 'number', status: 'number', headers: 'object' },
  'upstream.bytes': { n: 'number' },
  'upstream.end': { n: 'number', how: 'string' },
  'client.head': { status: 'number', headers: 'object' },
  end: { status: 'number', ignored: 'object' },
};

function isLine(line: Json): boolean {
  if (asText(line.at) === undefined || !(line.at === 'capture' || Number.isFinite(line.ms))) return false;
  const needed = Object.entries(neededFields[line.at as string] ?? {});
  const isThere = ([name, type]: [string, string]) => typeof line[name] === type && line[name] !== null;
  // A path that is none would be read as a part of the host.
  return needed.every(isThere) && (line.at !== 'client.request' || (line.path as string).startsWith('/'));
}

function isRead(value: unknown): value is [ms: number, bytes: number] {
  return Array.isArray(value) && value.length === 2 && value.every((number) => Number.isFinite(number) && number >= 0);
}

/** @throws CaptureError */
function contentOf({ text, base64, packed }: Json): Buffer {
  if (packed === undefined) return bytesOf({ text: asText(text), base64: asText(base64) });
  try {
    return Buffer.from(unpack(toPackedText(packed), maxUnpackedCharacters));
  } catch (error) {
    throw new CaptureError(`This capture cannot be read: ${(error as Error).message}.`);
  }
}

/** @throws Error */
function toPackedText(value: unknown): PackedText {
  const { shapes, parts } = asObject(value) ?? {};
  const isTexts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((text) => typeof text === 'string');
  const isPart = (part: unknown) => typeof part === 'string' || (Array.isArray(part) && isTexts(part.slice(1)));
  if (Array.isArray(shapes) && shapes.every(isTexts) && Array.isArray(parts) && parts.every(isPart))
    return { shapes, parts } as PackedText;
  throw new Error('a text of it is not packed as texts are');
}
