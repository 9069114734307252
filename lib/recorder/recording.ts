/**
 * The taps on one exchange. They hang on this exchange's own request, response, upstream answers and transforms: an exchange that
 * is not recorded runs through nothing of this file. Bytes are kept as they are; the secrets go when the capture is written.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Secret } from '../secret.ts';
import { readSafely } from '../thrown.ts';
import type { CapturedError, CapturedModel } from './capture.ts';
import { asTexts, chunkContent, describeError, revealed, tapEmit, toBytes } from './seen.ts';

/** A line before its secrets are out: bytes are a Buffer. */
export interface RawLine {
  readonly at: string;
  readonly ms: number;
  readonly bytes?: Buffer;
  /** Of a stream: what was read, or written, at a time. */
  readonly reads?: readonly Buffer[];
  /** When, in the same order, in `ms`. */
  readonly readsMs?: readonly number[];
  readonly [field: string]: unknown;
}

/** What is read of an upstream request. */
interface SentRequest {
  readonly method?: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | Secret>>;
  readonly body?: string;
  readonly api?: { readonly name: string };
  readonly isPassThrough?: boolean;
}

type SentAnswer = Readable & {
  statusCode?: number;
  headers: Record<string, string | string[] | undefined>;
  readOn?(): void;
};

/** What is read of an exchange. */
export interface RecordedExchange {
  readonly id: string;
  readonly timings: { readonly receivedMs: number };
  readonly request: unknown;
  readonly resolvedModel?: unknown;
  readonly ignored: ReadonlySet<string>;
  readonly error?: Error & { readonly code?: string; readonly status?: number };
  readonly clientKey?: { readonly name: string };
}

type Transform<Event> = (event: Event, emit: (event: Event) => void, choice: number) => void;

/** Of the memory that all captures share. */
export interface Allowance {
  /** false: there is no room for so many bytes. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

/** What was recorded of an exchange that is over. It holds nothing else of it. */
export interface EndedRecording {
  readonly id: string;
  readonly startedAtMs: number;
  readonly lines: readonly RawLine[];
  readonly heldBytes: number;
}

export interface RecordingOptions {
  /** How the client's name of the model led to the one that answers. */
  describeModel(): CapturedModel | undefined;
  allowance: Allowance;
}

/** Of a capture besides its lines. */
export const captureBytes = 2_000;
/** Of a line besides its bytes. */
const lineBytes = 200;
/** Of what is read at a time besides its bytes. */
const readBytes = 100;
/** Longest time in which the rest of an answer is read that was given up for a fault of ours, in milliseconds. */
const readOnMs = 30_000;

export class Recording {
  readonly #exchange: RecordedExchange;
  readonly lines: RawLine[] = [];
  readonly startedAtMs = Date.now();
  leftOutBytes = 0;
  /** Of the memory that all captures share. */
  heldBytes = captureBytes;
  /** Did the upstream refuse, break off, or stay away? */
  hasUpstreamFailed = false;
  readonly #options: RecordingOptions;
  #model = '';
  #canonical = '';
  #sent = 0;
  /** Answers whose rest is read for the capture alone, and what ends each. */
  readonly #readOn = new Map<SentAnswer, () => void>();
  #resolveReadOn: (() => void) | undefined;
  /** Of the transforms that boxes have added. */
  readonly #boxes: string[] = [];

  constructor(exchange: RecordedExchange, options: RecordingOptions) {
    this.#exchange = exchange;
    this.#options = options;
  }

  #nowMs(): number {
    return Math.round((performance.now() - this.#exchange.timings.receivedMs) * 1000) / 1000;
  }

  #hasRoom(size: number, bytes: number): boolean {
    const hasRoom = this.#options.allowance.take(size);
    if (hasRoom) this.heldBytes += size;
    else this.leftOutBytes += bytes;
    return hasRoom;
  }

  add(at: string, fields: Record<string, unknown>, bytes?: Buffer): void {
    const length = bytes?.length ?? 0;
    if (this.#hasRoom(lineBytes + length, length))
      this.lines.push({ at, ms: this.#nowMs(), ...fields, ...(bytes && { bytes }) });
  }

  /**
   * Gathers what is read of a stream, or written to it. The stream's line stands where its first bytes came.
   * @returns is there room for more?
   */
  #openStream(at: string, fields: Record<string, unknown>): (bytes: Buffer) => boolean {
    const reads: Buffer[] = [];
    const readsMs: number[] = [];
    return (bytes) => {
      const isFirst = reads.length === 0;
      if (!this.#hasRoom(bytes.length + (isFirst ? lineBytes : readBytes), bytes.length)) return false;
      const ms = this.#nowMs();
      reads.push(bytes);
      readsMs.push(ms);
      if (isFirst) this.lines.push({ at, ms, ...fields, reads, readsMs });
      return true;
    };
  }

  /** The request's body is known when it has come; where a file passes by that has no room here, none of it is kept. */
  tapRequest(req: IncomingMessage): void {
    let parts: Buffer[] = [];
    let heldBytes = lineBytes;
    let isHeld = this.#hasRoom(lineBytes, 0);
    const { method, headers } = req;
    const path = (req as { originalUrl?: string }).originalUrl ?? req.url ?? '';
    const hold = (part: Buffer) => {
      if (this.#hasRoom(part.length, part.length)) {
        heldBytes += part.length;
        parts.push(part);
        return;
      }
      isHeld = false;
      parts = [];
      this.heldBytes -= heldBytes;
      this.#options.allowance.giveBack(heldBytes);
      this.leftOutBytes += heldBytes - lineBytes;
    };
    tapEmit(req, (event, part) => {
      if (event === 'data' && isHeld) hold(part as Buffer);
      else if (event === 'data') this.leftOutBytes += (part as Buffer).length;
      else if (event === 'end' && isHeld)
        this.lines.push({
          at: 'client.request',
          ms: this.#nowMs(),
          method,
          path,
          headers,
          bytes: Buffer.concat(parts),
        });
    });
  }

  /** Tells what leaves the server: through the response, and past it (lib/answer/client-answer.ts writes chunks to the socket). */
  tapResponse(res: ServerResponse): void {
    let isInside = false;
    let hasHead = false;
    const addBytes = this.#openStream('client.bytes', {});
    const note = (data: unknown, encoding: unknown) => {
      if (!hasHead) {
        hasHead = true;
        this.add('client.head', { status: res.statusCode, headers: asTexts(res.getHeaders()) });
      }
      const bytes = toBytes(data, encoding);
      if (bytes && bytes.length > 0) addBytes(bytes);
    };
    for (const name of ['write', 'end'] as const) {
      const pass = res[name].bind(res) as (...given: unknown[]) => never;
      res[name] = ((...given: unknown[]) => {
        const wasInside = isInside;
        isInside = true;
        try {
          const passed = pass(...given);
          if (!wasInside) note(given[0], given[1]);
          return passed;
        } finally {
          isInside = wasInside;
        }
      }) as never;
    }
    const tapSocket = (socket: Socket) => {
      const { write } = socket;
      socket.write = ((...given: Parameters<Socket['write']>) => {
        if (!isInside) note(chunkContent(toBytes(given[0], given[1])), undefined);
        return write.apply(socket, given);
      }) as Socket['write'];
      res.once('close', () => {
        socket.write = write;
      });
    };
    if (res.socket) tapSocket(res.socket);
    // What waited for the connection is written in the same turn; it has been noted.
    else res.once('socket', (socket: Socket) => queueMicrotask(() => tapSocket(socket)));
  }

  /** Wraps the sending of an upstream request. */
  tapSend<Sent extends SentRequest>(
    send: (request: Sent) => SentAnswer | Promise<SentAnswer>,
  ): (request: Sent) => Promise<SentAnswer> {
    return async (request) => {
      const n = this.#sent++;
      this.#noteModel();
      this.#noteCanonical();
      const { method = 'POST', url, headers, body = '', api, isPassThrough = false } = request;
      const fields = { n, method, url: url.href, headers: revealed(headers), api: api?.name, isPassThrough };
      this.add('upstream.request', fields, Buffer.from(body));
      try {
        const answer = await send(request);
        this.#tapAnswer(n, answer);
        return answer;
      } catch (error) {
        this.hasUpstreamFailed = true;
        this.add('upstream.end', { n, how: 'failed', error: describeError(error) });
        throw error;
      }
    };
  }

  #tapAnswer(n: number, answer: SentAnswer): void {
    const { statusCode: status = 0 } = answer;
    this.hasUpstreamFailed ||= status >= 400;
    this.add('upstream.head', { n, status, headers: asTexts(answer.headers) });
    const addBytes = this.#openStream('upstream.bytes', { n });
    let isOver = false;
    const end = (how: string, error?: CapturedError) => {
      if (isOver) return;
      isOver = true;
      this.hasUpstreamFailed ||= how !== 'end';
      this.add('upstream.end', { n, how, ...(error && { error }) });
    };
    tapEmit(answer, (event, given) => {
      if (event === 'data') {
        if (!addBytes(given as Buffer)) this.#readOn.get(answer)?.();
      } else if (event === 'end') end('end');
      else if (event === 'error') end('closed', describeError(given));
      else if (event === 'close') {
        end('closed');
        if (this.#readOn.delete(answer) && this.#readOn.size === 0) this.#resolveReadOn?.();
      }
    });
    const destroy = answer.destroy.bind(answer);
    answer.readOn = () => {
      // Whoever lets go of it now does not end it; its own end and a broken connection do.
      answer.destroy = (fault) => (fault || answer.readableEnded ? destroy(fault) : answer);
      const timer = setTimeout(destroy, readOnMs).unref();
      answer.once('close', () => clearTimeout(timer));
      this.#readOn.set(answer, destroy);
      answer.resume();
    };
  }

  /** Is an answer read on, for the capture alone? Resolves when all of it has come, or as much as there is room and time for. */
  whenRead(): Promise<void> | undefined {
    if (this.#readOn.size === 0) return undefined;
    return new Promise((resolve) => {
      this.#resolveReadOn = resolve;
    });
  }

  stopReading(): void {
    for (const destroy of this.#readOn.values()) destroy();
  }

  /** A box has added a transform. */
  noteTransform(box: string): void {
    this.#boxes.push(box);
  }

  /** Wraps the transforms of a choice, to tell of the events that each of them changes: the server's own, and those of boxes. */
  tapTransforms<Event>(transforms: readonly Transform<Event>[]): Transform<Event>[] {
    const own = transforms.length - this.#boxes.length;
    return transforms.map((transform, index) => (event, emit, choice) => {
      const before = JSON.stringify(event);
      const after: string[] = [];
      transform(
        event,
        (emitted) => {
          after.push(JSON.stringify(emitted));
          emit(emitted);
        },
        choice,
      );
      if (after.length === 1 && after[0] === before) return;
      const bytes = Buffer.from(`{"before":${before},"after":[${after.join()}]}`);
      this.add('event', { choice, transform: index, box: this.#boxes[index - own] ?? 'rewrite-response' }, bytes);
    });
  }

  end(res: ServerResponse): EndedRecording {
    this.#noteModel();
    this.#noteCanonical();
    const { ignored, error, clientKey } = this.#exchange;
    this.lines.push({
      at: 'end',
      ms: this.#nowMs(),
      status: res.headersSent ? res.statusCode : 499,
      client: clientKey?.name,
      isAborted: !res.writableFinished,
      ignored: [...ignored],
      ...(error && { error: describeError(error) }),
      ...(this.leftOutBytes > 0 && { leftOutBytes: this.leftOutBytes }),
    });
    const { startedAtMs, lines, heldBytes } = this;
    return { id: this.#exchange.id, startedAtMs, lines, heldBytes };
  }

  /** Each time that it has changed: a fallback, a plugin. */
  #noteModel(): void {
    const model = this.#options.describeModel();
    const text = JSON.stringify(model) ?? '';
    if (text !== this.#model && model) this.add('model', { ...model });
    this.#model = text;
  }

  #noteCanonical(): void {
    const text = readSafely(() => JSON.stringify(this.#exchange.request)) ?? '';
    if (text !== '' && text !== this.#canonical) this.add('canonical', {}, Buffer.from(text));
    this.#canonical = text;
  }
}
