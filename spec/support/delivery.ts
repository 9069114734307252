/** Shared by the fake upstreams: the delivery of scripted answers, and the record of a request. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** How the bytes of a scripted answer travel. */
export interface Delivery {
  /**
   * Writes pieces of this many bytes instead of one event at a time. Each is a chunk of its own (RFC 9112 §7.1,
   * https://www.rfc-editor.org/rfc/rfc9112#section-7.1), so that a reader gets it alone.
   */
  splitEveryBytes?: number;
  /**
   * Waits before each piece. Default 0: pieces follow each other on consecutive turns of the event loop, very small ones
   * several in a turn.
   */
  delayMs?: number;
  /** Stops after this many bytes, until `resume()` of the recorded request. */
  pauseAfterBytes?: number;
  /** The same behind the first event with this text. */
  pauseBehind?: string;
  /** Destroys the connection after this many bytes. */
  cutAfterBytes?: number;
  /** Never ends: all events are sent, then nothing more. With no events not even the head is sent. */
  hang?: boolean;
  /** Added to, or with undefined taken from, the headers that every stream has. */
  headers?: Record<string, string | undefined>;
}

/** A request as the fake got it. */
export interface RecordedRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** The parsed JSON; undefined when there was none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
  /** The status of the answer; 0 until it is decided. */
  status: number;
  /**
   * Resolves when the exchange is over: true when the other side closed the connection before the answer was complete,
   * false when all was sent (or the script cut the connection).
   */
  aborted: Promise<boolean>;
  /** On the `performance.now()` clock; undefined while the answer goes on. */
  closedAtMs?: number;
  /** Lets an answer go on that stands at `pauseAfterBytes`. */
  resume(): void;
}

/** The events of a stream, as they were written. */
export function splitIntoEvents(text: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n', start)) {
    chunks.push(text.subarray(start, end + 2));
    start = end + 2;
  }
  if (start < text.length) chunks.push(text.subarray(start));
  return chunks;
}

function splitEvery(chunks: readonly Buffer[], bytes: number): Buffer[] {
  const whole = Buffer.concat(chunks);
  return Array.from({ length: Math.ceil(whole.length / bytes) }, (_, index) =>
    whole.subarray(index * bytes, (index + 1) * bytes),
  );
}

/** Splits once more where something is to happen after `bytes` bytes. */
function splitAt(chunks: readonly Buffer[], bytes: number): Buffer[] {
  let left = bytes;
  return chunks.flatMap((chunk) => {
    const at = left;
    left -= chunk.length;
    return at > 0 && at < chunk.length ? [chunk.subarray(0, at), chunk.subarray(at)] : [chunk];
  });
}

/** Up to the end of the first event with the text. */
function bytesThrough(chunks: readonly Buffer[], text: string): number {
  const index = chunks.findIndex((chunk) => chunk.includes(text));
  if (index < 0) throw new Error(`no event has the text ${text}`);
  return chunks.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0);
}

export function sendJson(
  res: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
}

export async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An exchange from the fake's side: its record, and the switches of its delivery. */
export class Recording implements RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came. */
  readonly text: string;
  readonly body: unknown;
  status = 0;
  closedAtMs?: number;
  readonly aborted: Promise<boolean>;
  readonly resumed: Promise<void>;
  /** The script, not the other side, broke the connection. */
  isCut = false;
  resume!: () => void;

  constructor(req: IncomingMessage, res: ServerResponse, text: string) {
    this.method = req.method ?? '';
    this.path = req.url ?? '';
    this.headers = req.headers;
    this.text = text;
    this.body = parseJson(text);
    this.resumed = new Promise((resolve) => {
      this.resume = resolve;
    });
    this.aborted = new Promise((resolve) => {
      res.once('close', () => {
        this.closedAtMs = performance.now();
        this.resume();
        resolve(!res.writableFinished && !this.isCut);
      });
    });
  }
}

/**
 * Pieces of so many bytes together share a turn of the event loop: a turn and a packet for each byte take three times as long.
 * Fewer than most events have, so that an event still comes over several turns.
 */
const turnBytes = 64;

/** @param headers of every stream of this fake */
export async function deliver(
  res: ServerResponse,
  recording: Recording,
  chunks: readonly Buffer[],
  delivery: Delivery,
  headers: Record<string, string> = {},
): Promise<void> {
  const { splitEveryBytes, delayMs = 0, pauseBehind, cutAfterBytes, hang = false } = delivery;
  const pauseAfterBytes = pauseBehind === undefined ? delivery.pauseAfterBytes : bytesThrough(chunks, pauseBehind);
  if (hang && chunks.length === 0) return;
  let pieces = splitEveryBytes === undefined ? chunks : splitEvery(chunks, splitEveryBytes);
  for (const bytes of [pauseAfterBytes, cutAfterBytes]) if (bytes !== undefined) pieces = splitAt(pieces, bytes);

  recording.status = 200;
  for (const [name, value] of Object.entries({ ...headers, ...delivery.headers })) {
    if (value !== undefined) res.setHeader(name, value);
  }
  res.writeHead(200);
  res.flushHeaders();
  let sent = 0;
  let inTurn = turnBytes;
  for (const piece of pieces) {
    if (sent === pauseAfterBytes) await recording.resumed;
    if (sent === cutAfterBytes) break;
    if (delayMs > 0) await sleep(delayMs);
    else if (inTurn + piece.length > turnBytes) {
      await nextTurn();
      inTurn = 0;
    }
    if (res.destroyed) return;
    sent += piece.length;
    inTurn += piece.length;
    if (!res.write(piece))
      await Promise.race([new Promise((resolve) => res.once('drain', resolve)), recording.aborted]);
  }
  if (cutAfterBytes !== undefined) {
    recording.isCut = true;
    // Once what is written has left.
    res.socket?.destroySoon();
  } else if (!hang) {
    res.end();
  }
}
