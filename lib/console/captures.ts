/** The captures of this server's folder, as the console lists, reads and deletes them. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { parseObject } from '../lenient-json.ts';
import {
  bytesOf,
  type CapturedModel,
  CaptureError,
  type CaptureLine,
  type LineOf,
  parseCapture,
  type RecordReason,
} from '../recorder/capture.ts';
import { isCaptureName, readCaptureLines, readLines } from '../recorder/read-captures.ts';
import { capturesFolderOf } from '../recorder/recordings.ts';
import { asGiven, invalid, type Query, readNumber } from './query.ts';

const defaultPage = 50;
const maxPage = 200;
/** Most bytes of a line that the list looks at: it passes over bodies. */
const maxListedLine = 16_384;

export interface ListedCapture {
  /** Of its file. */
  readonly name: string;
  readonly bytes: number;
  /** Of the request. */
  readonly id?: string;
  readonly startedAt?: string;
  readonly reason?: RecordReason;
  readonly method?: string;
  readonly path?: string;
  readonly model?: CapturedModel;
  /** Name of the client key. */
  readonly client?: string;
  readonly status?: number;
  readonly isAborted?: boolean;
  readonly error?: string;
  readonly totalMs?: number;
}

export interface CapturePage {
  /** The newest first. */
  readonly captures: readonly ListedCapture[];
  /** Where the next page begins (`before`); null: there are no older ones. */
  readonly next: string | null;
}

export async function listCaptures({ dataDir }: Pick<Config, 'dataDir'>, query: Query): Promise<CapturePage> {
  const folder = capturesFolderOf(dataDir);
  const limit = Math.min(readNumber(query, 'limit') ?? defaultPage, maxPage);
  const before = asGiven(query.before);
  const names = (await namesIn(folder)).filter((name) => before === undefined || name < before);
  const shown = names.slice(0, limit);
  const captures: ListedCapture[] = [];
  for (const name of shown) {
    const listed = await summarise(folder, name);
    if (listed) captures.push(listed);
  }
  return { captures, next: names.length > shown.length ? shown.at(-1)! : null };
}

/** The newest first; their names begin with their time. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unreadable(error);
  });
  return names.filter(isCaptureName).sort().reverse();
}

/** The beginning of a request's line tells of it, whatever its body's size. */
const requestStart = /^\{"at":"client\.request","ms":[\d.]+,"method":"([A-Z]+)","path":("(?:[^"\\]|\\.)*")/;

/** @returns undefined for a file that has gone meanwhile */
async function summarise(folder: string, name: string): Promise<ListedCapture | undefined> {
  const path = join(folder, name);
  const found: ListedLines = {};
  try {
    const { size: bytes } = await stat(path);
    for await (const { text } of readLines(path, maxListedLine)) {
      const [, method, asked] = requestStart.exec(text) ?? [];
      const isTold = /^\{"at":"(?:capture|model|end)"/.test(text);
      const line = asked ? { at: 'client.request', method, path: JSON.parse(asked) } : isTold && parseObject(text);
      if (line) Object.assign(found, { [line.at as string]: line });
    }
    return { name, bytes, ...factsOf(found) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(error as Error);
  }
}

/** The lines that the list tells of; the last one of each stage. */
type ListedLines = Partial<{ [Stage in CaptureLine['at']]: LineOf<Stage> }>;

function factsOf(found: ListedLines): Omit<ListedCapture, 'name' | 'bytes'> {
  const { capture, 'client.request': request, model, end } = found;
  return {
    ...(capture && { id: capture.id, startedAt: capture.startedAt, reason: capture.reason }),
    ...(request && { method: request.method, path: request.path }),
    ...(model && { model }),
    ...(end && {
      client: end.client,
      status: end.status,
      isAborted: end.isAborted,
      error: end.error?.code ?? end.error?.message,
      totalMs: end.ms,
    }),
  };
}

/** The name of the newest capture of a request. */
export async function findCaptureOf({ dataDir }: Pick<Config, 'dataDir'>, id: string): Promise<string | undefined> {
  const folder = capturesFolderOf(dataDir);
  for (const name of await namesIn(folder)) {
    try {
      for await (const { text } of readLines(join(folder, name), maxListedLine)) {
        if (parseObject(text)?.id === id) return name;
        break;
      }
    } catch (error) {
      // It may have been the oldest one, and have gone.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(error as Error);
    }
  }
  return undefined;
}

/** @throws OpenCompatError where there is no such capture */
export async function pathOfCapture(
  { dataDir }: Pick<Config, 'dataDir'>,
  name: string,
): Promise<{ path: string; bytes: number }> {
  const path = join(capturesFolderOf(dataDir), name);
  const found = isCaptureName(name) ? await stat(path).catch(() => undefined) : undefined;
  if (!found?.isFile()) throw new OpenCompatError('OC_CONSOLE_NOT_FOUND', { what: 'capture of this name' });
  return { path, bytes: found.size };
}

/** @throws OpenCompatError where there is no such capture, and for a file that is none */
export async function* linesOfCapture(config: Pick<Config, 'dataDir'>, name: string): AsyncGenerator<CaptureLine> {
  const { path } = await pathOfCapture(config, name);
  try {
    yield* readCaptureLines(path);
  } catch (error) {
    throw inWords(error);
  }
}

/** A capture as an HTTP archive. @throws OpenCompatError where there is no such capture, and for a file that is none */
export async function archiveOf(config: Pick<Config, 'dataDir'>, name: string): Promise<object> {
  const { path } = await pathOfCapture(config, name);
  const { toHar } = await import('../recorder/har.ts');
  try {
    return toHar(parseCapture(await readFile(path, 'utf8')));
  } catch (error) {
    throw inWords(error);
  }
}

/** @throws OpenCompatError where there is no such capture */
export async function deleteCapture(config: Pick<Config, 'dataDir'>, name: string): Promise<void> {
  await rm((await pathOfCapture(config, name)).path, { force: true });
}

/** Most bytes of one piece; a multiple of three, so that pieces in base64 can be put together. */
const pieceBytes = 65_535;

/** A piece of what passed by at one place. */
export interface CapturePiece {
  readonly text: string;
  /** Where the next piece begins; null: this was the last one. */
  readonly next: number | null;
  /** Bytes that are no text are shown as base64. */
  readonly isBase64: boolean;
}

/**
 * A piece of the client's request, of an upstream's request or answer, or of what the client got (`of`: `request`, `sent`, `upstream`,
 * `client`; `n` the number of the upstream's request).
 * @throws OpenCompatError where there is no such capture or place
 */
export async function readPiece(config: Pick<Config, 'dataDir'>, name: string, query: Query): Promise<CapturePiece> {
  const isOf = placeIn(query);
  const start = readNumber(query, 'offset') ?? 0;
  const parts: Buffer[] = [];
  let [passed, held, isBase64] = [0, 0, false];
  for await (const line of linesOfCapture(config, name)) {
    if (!isOf(line)) continue;
    const bytes = bytesOf(line as LineOf<'client.bytes'>);
    isBase64 ||= (line as LineOf<'client.bytes'>).base64 !== undefined;
    const part = bytes.subarray(Math.max(0, start - passed));
    passed += bytes.length;
    if (part.length > 0) parts.push(part);
    held += part.length;
    if (held > pieceBytes) break;
  }
  const whole = Buffer.concat(parts);
  const piece = isBase64 ? whole.subarray(0, pieceBytes) : wholeCharacters(whole, pieceBytes);
  return {
    text: piece.toString(isBase64 ? 'base64' : 'utf8'),
    next: piece.length < whole.length ? start + piece.length : null,
    isBase64,
  };
}

function placeIn(query: Query): (line: CaptureLine) => boolean {
  const stages: Record<string, CaptureLine['at']> = {
    request: 'client.request',
    sent: 'upstream.request',
    upstream: 'upstream.bytes',
    client: 'client.bytes',
  };
  const of = asGiven(query.of) ?? '';
  if (!Object.hasOwn(stages, of)) throw invalid('of', `one of ${Object.keys(stages).join(', ')}`);
  const n = Number(asGiven(query.n) ?? 0);
  return (line) => line.at === stages[of] && (!('n' in line) || line.n === n);
}

/** The beginning of a text in UTF-8, no character cut: the bytes behind the first one of a character begin with the bits 10. */
function wholeCharacters(bytes: Buffer, limit: number): Buffer {
  let end = Math.min(limit, bytes.length);
  while (end > 0 && end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

function inWords(error: unknown): OpenCompatError {
  if (error instanceof CaptureError) return new OpenCompatError('OC_CONSOLE_CONFLICT', { reason: error.message });
  return unreadable(error as Error);
}

function unreadable(error: NodeJS.ErrnoException): OpenCompatError {
  const reason = `The captures cannot be read: ${error.code ?? error.message}.`;
  return new OpenCompatError('OC_CONSOLE_CONFLICT', { reason }, { cause: error, status: 503 });
}
