/**
 * The taps on one exchange. They hang on this exchange's own request, response, upstream answers and transforms: an exchange that
 * is not recorded runs through nothing of this file. Bytes are kept as they are; the secrets go when the capture is written.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Secret } from '../secret.ts';
import { isA, readSafely } from '../thrown.ts';
import type { CapturedError, CapturedHeaders, CapturedModel } from './capture.ts';

/** A line before its secrets are out: bytes are a Buffer. */
export interface RawLine {
  readonly at: string;
  readonly ms: number;
  readonly bytes?: Buffer;
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

type SentAnswer = Readable & { statusCode?: number; headers: Record<string, string | string[] | undefined> };

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
/** Most causes of an error that are told. */
const maxCauses = 8;

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
  /** Of the transforms that boxes have added. */
  readonly #boxes: string[] = [];

  constructor(exchange: RecordedExchange, options: RecordingOptions) {
    this.#exchange = exchange;
    this.#options = options;
  }

  add(at: string, fields: Record<string, unknown>, bytes?: Buffer): void {
    const size = bytes?.length ?? 0;
    if (this.#take(lineBytes + size)) this.#push(at, fields, bytes);
    else this.leftOutBytes += size;
  }

  #take(bytes: number): boolean {
    if (!this.#options.allowance.take(bytes)) return false;
    this.heldBytes += bytes;
    return true;
  }

  #push(at: string, fields: Record<string, unknown>, bytes?: Buffer): void {
    const ms = Math.round((performance.now() - this.#exchange.timings.receivedMs) * 1000) / 1000;
    this.lines.push({ at, ms, ...fields, ...(bytes && { bytes }) });
  }

  /** The request's body is known when it has come: a file may pass by that has no room here. */
  tapRequest(req: IncomingMessage): void {
    let parts: Buffer[] = [];
    let bytes = lineBytes;
    let isHeld = this.#take(lineBytes);
    const { method, headers } = req;
    const path = (req as { originalUrl?: string }).originalUrl ?? req.url ?? '';
    const letGo = () => {
      isHeld = false;
      this.heldBytes -= bytes;
      this.#options.allowance.giveBack(bytes);
      this.leftOutBytes += bytes - lineBytes;
      parts = [];
    };
    tapEmit(req, (event, given) => {
      if (event === 'data') {
        const part = given as Buffer;
        if (isHeld && !this.#take(part.length)) letGo();
        if (isHeld) {
          bytes += part.length;
          parts.push(part);
        } else this.leftOutBytes += part.length;
      } else if (event === 'end' && isHeld)
        this.#push('client.request', { method, path, headers }, Buffer.concat(parts));
    });
  }

  /** Tells what leaves the server: through the response, and past it (lib/answer/client-answer.ts writes chunks to the socket). */
  tapResponse(res: ServerResponse): void {
    let isInside = false;
    let hasHead = false;
    const note = (data: unknown, encoding: unknown) => {
      if (!hasHead) {
        hasHead = true;
        this.add('client.head', { status: res.statusCode, headers: asTexts(res.getHeaders()) });
      }
      const bytes = toBytes(data, encoding);
      if (bytes && bytes.length > 0) this.add('client.bytes', {}, bytes);
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
    let isOver = false;
    const end = (how: string, error?: CapturedError) => {
      if (isOver) return;
      isOver = true;
      this.hasUpstreamFailed ||= how !== 'end';
      this.add('upstream.end', { n, how, ...(error && { error }) });
    };
    tapEmit(answer, (event, given) => {
      if (event === 'data') this.add('upstream.bytes', { n }, given as Buffer);
      else if (event === 'end') end('end');
      else if (event === 'error') end('closed', describeError(given));
      else if (event === 'close') end('closed');
    });
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
      ms: Math.round((performance.now() - this.#exchange.timings.receivedMs) * 1000) / 1000,
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

/** Sees what an emitter tells, whoever listens, and whenever. */
function tapEmit(
  emitter: { emit(event: string | symbol, ...given: unknown[]): boolean },
  see: (event: string | symbol, given: unknown) => void,
): void {
  const { emit } = emitter;
  emitter.emit = (event, ...given) => {
    see(event, given[0]);
    return emit.call(emitter, event, ...given);
  };
}

function toBytes(data: unknown, encoding: unknown): Buffer | undefined {
  if (typeof data === 'string') return Buffer.from(data, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8');
  return data instanceof Uint8Array ? Buffer.from(data) : undefined;
}

/** The content of a chunk (RFC 9112 §7.1, https://www.rfc-editor.org/rfc/rfc9112#section-7.1); undefined for anything else. */
function chunkContent(bytes: Buffer | undefined): Buffer | undefined {
  const lineEnd = bytes?.indexOf('\r\n') ?? -1;
  if (!bytes || lineEnd < 1) return undefined;
  const size = bytes.toString('latin1', 0, lineEnd);
  if (!/^[0-9a-f]{1,8}$/i.test(size)) return undefined;
  return bytes.subarray(lineEnd + 2, lineEnd + 2 + Number.parseInt(size, 16));
}

function revealed(headers: SentRequest['headers']): CapturedHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isA(value, Secret) ? value.reveal() : value]),
  );
}

/** A length is a number until it is sent. */
function asTexts(headers: OutgoingHttpHeaders): CapturedHeaders {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
  ) as CapturedHeaders;
}

export function describeError(error: unknown): CapturedError {
  if (!isA(error, Error)) return { message: readSafely(() => String(error)) ?? 'something else' };
  const { code, status } = error as { code?: unknown; status?: unknown };
  const causes: string[] = [];
  for (let { cause } = error; isA(cause, Error) && causes.length < maxCauses; cause = cause.cause)
    causes.push(cause.message);
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof status === 'number' && { status }),
    message: error.message,
    ...(causes.length > 0 && { causes }),
  };
}
