/**
 * The Responses API over WebSockets: each `response.create` is a request of its own through the whole chain (POST
 * /v1/responses, on a connection inside the process), each event of its stream a text frame.
 */
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { duplexPair } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { createSseReader } from '../answer/sse.ts';
import { ValueBudget } from '../bounded-json.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError, toOpenCompatError } from '../errors.ts';
import { createResponseStore, type ResponseStore } from '../kept/response-store.ts';
import { attachSession } from '../kept/socket-sessions.ts';
import { asObject, parseObject } from '../lenient-json.ts';
import { loadPackage } from '../load-package.ts';
import type { Logger } from '../log.ts';
import { upgradeOf } from './upgrades.ts';

export interface ResponseSockets {
  /**
   * Takes over the connection of a request for a WebSocket.
   * @throws OpenCompatError for any other request, and when the limit of connections is reached
   */
  accept(req: IncomingMessage, res: ServerResponse): void;
  /** Closes idle connections now, and busy ones when their answer has ended. */
  drain(): void;
  /** Cuts all remaining connections. */
  close(): void;
}

export interface ResponseSocketsOptions {
  config: Pick<
    Config,
    | 'keepaliveInterval'
    | 'maxBodyBytes'
    | 'maxBodyValues'
    | 'responsesMaxEntries'
    | 'websocketIdleTimeout'
    | 'websocketMaxConnections'
    | 'websocketMaxKeptBytes'
  >;
  log: Logger;
  /** Takes the requests: a server with the application on it. */
  server(): http.Server;
}

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

/**
 * Headers of the handshake, of its connection (RFC 9110 §7.6.1, https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1), or of
 * its empty body: the inner request must not repeat them.
 */
const handshakeHeaders =
  /^(sec-websocket-.*|connection|upgrade|keep-alive|proxy-connection|te|trailer|content-.*|transfer-encoding|expect|accept-encoding|x-request-id)$/;
/** Headers of an error answer that its client is given. */
const toldHeaders = ['retry-after', 'x-should-retry', 'x-request-id'] as const;

export function createResponseSockets({ config, log, server }: ResponseSocketsOptions): ResponseSockets {
  let acceptor: WebSocketServer | undefined;
  const sockets = new Set<ResponseSocket>();
  let isDraining = false;
  let beat: NodeJS.Timeout | undefined;

  function start(webSocket: WebSocket, req: IncomingMessage): void {
    const responses = createResponseStore({
      maxEntries: config.responsesMaxEntries,
      maxBytes: config.websocketMaxKeptBytes,
      ttlMs: Number.POSITIVE_INFINITY,
      log,
    });
    const socket = new ResponseSocket(webSocket, req, responses, server, config.maxBodyValues);
    sockets.add(socket);
    webSocket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) stopBeat();
    });
    if (config.keepaliveInterval > 0) beat ??= setInterval(tick, config.keepaliveInterval * 1000).unref();
  }

  /** Loaded at the first WebSocket: most servers never see one. */
  function openAcceptor(): WebSocketServer {
    const ws = loadPackage<typeof import('ws')>('ws');
    return new ws.WebSocketServer({ noServer: true, maxPayload: config.maxBodyBytes });
  }

  function tick(): void {
    const oldestMs = performance.now() - config.websocketIdleTimeout * 1000;
    for (const socket of sockets) socket.tick(oldestMs);
  }

  function stopBeat(): void {
    clearInterval(beat);
    beat = undefined;
  }

  return {
    accept(req, res) {
      const upgrade = upgradeOf(req);
      if (!upgrade) throw new OpenCompatError('OC_UPGRADE_REQUIRED', {}, { headers: { upgrade: 'websocket' } });
      if (isDraining) throw new OpenCompatError('OC_SHUTTING_DOWN');
      if (sockets.size >= config.websocketMaxConnections) {
        throw new OpenCompatError('OC_TOO_MANY_SOCKETS', { limit: config.websocketMaxConnections });
      }
      res.statusCode = 101;
      res.detachSocket(upgrade.socket as never);
      acceptor ??= openAcceptor();
      acceptor.handleUpgrade(req, upgrade.socket, upgrade.head, (webSocket) => start(webSocket, req));
      // The exchange of the handshake is over; each request on the connection has its own.
      res.emit('close');
    },
    drain() {
      isDraining = true;
      for (const socket of sockets) socket.drain();
    },
    close() {
      stopBeat();
      for (const socket of sockets) socket.cut();
    },
  };
}

/** One connection: at most one request at a time. */
class ResponseSocket {
  readonly #webSocket: WebSocket;
  readonly #headers: IncomingHttpHeaders;
  readonly #remoteAddress: string | undefined;
  readonly #responses: ResponseStore;
  readonly #server: () => http.Server;
  readonly #maxValues: number;
  #request: http.ClientRequest | undefined;
  #isDraining = false;
  #missedPongs = 0;
  #usedAtMs = performance.now();

  constructor(
    webSocket: WebSocket,
    req: IncomingMessage,
    responses: ResponseStore,
    server: () => http.Server,
    maxValues: number,
  ) {
    this.#webSocket = webSocket;
    this.#headers = Object.fromEntries(Object.entries(req.headers).filter(([name]) => !handshakeHeaders.test(name)));
    this.#remoteAddress = req.socket.remoteAddress;
    this.#responses = responses;
    this.#server = server;
    this.#maxValues = maxValues;
    webSocket.on('message', (data, isBinary) => {
      this.#take(String(data), isBinary);
      this.#holdBack();
    });
    webSocket.on('pong', () => {
      this.#missedPongs = 0;
    });
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

  tick(oldestMs: number): void {
    if (this.#missedPongs >= maxMissedPongs) this.#webSocket.terminate();
    else if (!this.#request && this.#usedAtMs < oldestMs) this.#webSocket.close(goingAway, 'idle');
    else if (this.#isOpen) {
      this.#missedPongs += 1;
      this.#webSocket.ping();
    }
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
      checkFrame(text, isBinary, this.#maxValues);
      this.#create(text);
    } catch (thrown) {
      this.#sendFailure(toOpenCompatError(thrown));
    }
  }

  /** @param body the message as it came: the chain reads and checks it like any other body */
  #create(body: string): void {
    if (this.#isDraining) throw new OpenCompatError('OC_SHUTTING_DOWN');
    if (this.#request) throw new OpenCompatError('OC_SOCKET_BUSY');
    const [near, far] = duplexPair();
    // The chain's limits and logs go by the client's address.
    Object.defineProperty(far, 'remoteAddress', { value: this.#remoteAddress });
    attachSession(far, { responses: this.#responses });
    this.#server().emit('connection', far);

    const request = http.request({
      createConnection: () => near as never,
      method: 'POST',
      path: '/v1/responses',
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

  /** Sends events as frames, as fast as the client reads them. */
  #passOn(answer: IncomingMessage): void {
    const reader = createSseReader((data) => {
      this.#webSocket.send(data, () => {
        if (answer.isPaused() && !this.#isBehind) answer.resume();
        this.#goOn();
      });
    }, ownEvents);
    answer.on('data', (bytes: Buffer) => {
      reader.feed(bytes);
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
