/** One WebSocket connection of the Responses API: it takes messages, and has each answered by a request of its own. */
import type http from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { createSseReader } from '../answer/sse.ts';
import { ValueBudget } from '../bounded-json.ts';
import { OpenCompatError, toOpenCompatError } from '../errors.ts';
import type { ResponseStore } from '../kept/response-store.ts';
import { attachSession } from '../kept/socket-sessions.ts';
import { asObject, parseObject } from '../lenient-json.ts';
import { innerHeaders, openInnerRequest } from './inner-request.ts';

/** Bytes waiting for a client to read at which its answer is paused, and its messages are left unread. */
const maxBufferedBytes = 1024 * 1024;
/** Most bytes of an error answer that are read. */
const maxErrorBytes = 65_536;
/** This server's own events need no limits. */
const ownEvents = { maxEventBytes: Number.POSITIVE_INFINITY, maxEventLines: Number.POSITIVE_INFINITY };
/** Pings without an answer after which a connection is taken for dead. */
const maxMissedPongs = 2;

/** Close codes (RFC 6455 §7.4.1, https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1). */
const goingAway = 1001;
const policyViolation = 1008;
/** Registered after the RFC: https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number */
const tryAgainLater = 1013;

/** Headers of the handshake, and of its empty body. */
const handshakeHeaders = /^(sec-websocket-.*|content-.*|accept-encoding|x-request-id)$/;
/** Headers of an error answer that its client is given. */
const toldHeaders = ['retry-after', 'x-should-retry', 'x-request-id'] as const;

/** Time for the last frame to a client that is cut, in milliseconds. */
const refusalGraceMs = 1_000;

/** Of a client's control frame: two bytes, and a mask of four. */
const controlHeadBytes = 6;

/** When a connection has to be looked after. */
export interface TickLimits {
  /** Is a sign of life asked for? */
  isPinged: boolean;
  /** On the `performance.now()` clock: a connection that has not been used since is closed. */
  oldestUseMs: number;
  /** On the same clock: a message that has begun before and is not there is given up. */
  oldestPendingMs: number;
}

export interface ResponseSocketOptions {
  webSocket: WebSocket;
  /** The request for the WebSocket. */
  req: IncomingMessage;
  /** Who asks. */
  clientId: string;
  /** What the connection keeps to go on from. */
  responses: ResponseStore;
  /** Takes the requests. */
  server(): http.Server;
  /** As `maxBodyValues` now. */
  maxValues(): number;
}

/** One connection: at most one request at a time. */
export class ResponseSocket {
  readonly #webSocket: WebSocket;
  readonly #headers: IncomingHttpHeaders;
  /** Below the WebSocket. */
  readonly #connection: Socket;
  readonly #responses: ResponseStore;
  readonly #server: () => http.Server;
  readonly #maxValues: () => number;
  readonly clientId: string;
  /** Bytes that have come since the last whole message. */
  pendingBytes = 0;
  #pendingSinceMs = 0;
  #request: http.ClientRequest | undefined;
  #isDraining = false;
  #missedPongs = 0;
  #usedAtMs = performance.now();

  constructor({ webSocket, req, clientId, responses, server, maxValues }: ResponseSocketOptions) {
    this.#webSocket = webSocket;
    this.clientId = clientId;
    this.#headers = innerHeaders(req.headers, handshakeHeaders);
    this.#connection = req.socket;
    this.#responses = responses;
    this.#server = server;
    this.#maxValues = maxValues;
    webSocket.on('message', (data, isBinary) => {
      this.pendingBytes = 0;
      this.#take(String(data), isBinary);
      this.#holdBack();
    });
    webSocket.on('pong', (data) => {
      this.#missedPongs = 0;
      this.#discount(data);
    });
    webSocket.on('ping', (data) => this.#discount(data));
    webSocket.on('close', () => this.#request?.destroy());
    // A message that breaks the protocol or the size limit closes the connection with the matching code.
    webSocket.on('error', () => {});
  }

  get #isOpen(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  get #isBehind(): boolean {
    return this.#webSocket.bufferedAmount >= maxBufferedBytes;
  }

  /** A client that sends requests without reading is paused: the answer to a small message may be many times its size. */
  #holdBack(): void {
    if (this.#isBehind) this.#webSocket.pause();
  }

  #goOn(): void {
    if (this.#webSocket.isPaused && !this.#isBehind) this.#webSocket.resume();
  }

  tick({ isPinged, oldestUseMs, oldestPendingMs }: TickLimits): void {
    if (this.#missedPongs >= maxMissedPongs) this.#webSocket.terminate();
    else if (this.pendingBytes > 0 && this.#pendingSinceMs < oldestPendingMs)
      this.#refuse(policyViolation, 'the message did not arrive in time');
    else if (!this.#request && this.#usedAtMs < oldestUseMs) this.#webSocket.close(goingAway, 'idle');
    else if (this.#isOpen && isPinged) {
      this.#missedPongs += 1;
      this.#webSocket.ping();
    }
  }

  /** @returns bytes that have come since the last whole message */
  notePending(bytes: number): number {
    if (this.pendingBytes === 0) this.#pendingSinceMs = performance.now();
    this.pendingBytes += bytes;
    return this.pendingBytes;
  }

  /** A control frame (RFC 6455 §5.5, https://www.rfc-editor.org/rfc/rfc6455#section-5.5) is no part of a message. */
  #discount({ length }: Buffer): void {
    this.pendingBytes = Math.max(0, this.pendingBytes - controlHeadBytes - length);
  }

  /** Its client has too much of messages under way. */
  refusePending(): void {
    this.#refuse(tryAgainLater, 'too much of unfinished messages');
  }

  /** Takes nothing more, says why, and cuts the connection. */
  #refuse(code: number, reason: string): void {
    this.pendingBytes = 0;
    this.#webSocket.close(code, reason);
    this.#webSocket.pause();
    setTimeout(() => this.#webSocket.terminate(), refusalGraceMs).unref();
  }

  drain(): void {
    this.#isDraining = true;
    if (!this.#request) this.#webSocket.close(goingAway, 'the server is shutting down');
  }

  cut(): void {
    this.#webSocket.terminate();
  }

  #take(text: string, isBinary: boolean): void {
    try {
      checkFrame(text, isBinary, this.#maxValues());
      this.#create(text);
    } catch (thrown) {
      this.#sendFailure(toOpenCompatError(thrown));
    }
  }

  /** @param body the message as it came: the chain reads and checks it like any other body */
  #create(body: string): void {
    if (this.#isDraining) throw new OpenCompatError('OC_SHUTTING_DOWN');
    if (this.#request) throw new OpenCompatError('OC_SOCKET_BUSY');
    const request = openInnerRequest({
      server: this.#server(),
      remoteAddress: this.#connection.remoteAddress,
      path: '/v1/responses',
      onConnection: (stream) => attachSession(stream, { responses: this.#responses }),
      headers: {
        ...this.#headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    this.#request = request;
    request.on('response', (answer) => {
      if (answer.statusCode === 200) this.#passOn(answer);
      else void this.#passError(answer);
    });
    request.on('error', () => this.#breakOff());
    request.end(body);
  }

  /** Sends events as frames, as fast as the client reads them; those that came together leave in one write. */
  #passOn(answer: IncomingMessage): void {
    const onSent = () => {
      if (answer.isPaused() && !this.#isBehind) answer.resume();
      this.#goOn();
    };
    const reader = createSseReader((data) => this.#webSocket.send(data, onSent), ownEvents);
    answer.on('data', (bytes: Buffer) => {
      this.#connection.cork();
      reader.feed(bytes);
      this.#connection.uncork();
      if (this.#isBehind) answer.pause();
    });
    answer.on('end', () => this.#finish());
    answer.on('error', () => this.#breakOff());
  }

  async #passError(answer: IncomingMessage): Promise<void> {
    let text = '';
    try {
      for await (const part of answer as AsyncIterable<Buffer>) if (text.length < maxErrorBytes) text += part;
    } catch {
      // The part that came may still be enough.
    }
    const error = asObject(parseObject(text)?.error);
    if (error) this.#sendError(answer.statusCode ?? 500, error, answer.headers);
    else this.#sendFailure(new OpenCompatError('OC_INTERNAL'));
    this.#finish();
  }

  #breakOff(): void {
    if (!this.#request) return;
    this.#sendFailure(new OpenCompatError('OC_INTERNAL'));
    this.#finish();
  }

  #finish(): void {
    this.#request = undefined;
    this.#usedAtMs = performance.now();
    if (this.#isDraining) this.#webSocket.close(goingAway, 'the server is shutting down');
  }

  #sendFailure({ status, public: { message, type, param, code, extra } }: OpenCompatError): void {
    this.#sendError(status, { message, type, param, code, ...extra }, {});
  }

  #sendError(status: number, error: object, from: IncomingHttpHeaders): void {
    if (!this.#isOpen) return;
    const headers = Object.fromEntries(toldHeaders.flatMap((name) => (from[name] ? [[name, from[name]]] : [])));
    this.#webSocket.send(JSON.stringify({ type: 'error', status, error, headers }), () => this.#goOn());
  }
}

/** @throws OpenCompatError for a message other than `response.create` */
function checkFrame(text: string, isBinary: boolean, maxValues: number): void {
  // The chain refuses it, unread.
  if (!isBinary && new ValueBudget(maxValues).spend(text)) return;
  const frame = isBinary ? undefined : parseObject(text);
  if (!frame) throw new OpenCompatError('OC_INVALID_JSON', { reason: 'each message must be one JSON object as text' });
  if (frame.type === 'response.create') return;
  const reason = "Invalid value for 'type': the only supported message is 'response.create'.";
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'type' });
}
