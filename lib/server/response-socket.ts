/** One WebSocket connection of the Responses API: it takes messages, and has each answered by a request of its own. */
import type http from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { ValueBudget } from '../bounded-json.ts';
import { OpenCompatError, toOpenCompatError } from '../errors.ts';
import type { ResponseStore } from '../kept/response-store.ts';
import { attachSession } from '../kept/socket-sessions.ts';
import { parseObject } from '../lenient-json.ts';
import { innerHeaders, openInnerRequest } from './inner-request.ts';
import { SocketLanes } from './socket-lanes.ts';
import { type LaneMessage, toMessage } from './socket-message.ts';
import { type FrameOutlet, SocketTurn, toFailureFrame } from './socket-turn.ts';
import { refuseInject, Steering } from './steering.ts';

/** Bytes waiting for a client to read at which its answer is paused, and its messages are left unread. */
const maxBufferedBytes = 1024 * 1024;
/** Pings without an answer after which a connection is taken for dead. */
const maxMissedPongs = 2;

/** Close codes (RFC 6455 §7.4.1, https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1). */
const goingAway = 1001;
const policyViolation = 1008;
/** Registered after the RFC: https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number */
const tryAgainLater = 1013;

/** Headers of the handshake, and of its empty body. */
const handshakeHeaders = /^(sec-websocket-.*|content-.*|accept-encoding|x-request-id)$/;

/** Time for the last frame to a client that is cut, and for its answer, in milliseconds. */
const closeGraceMs = 1_000;

/** Of a `stream_id`, which every event repeats. */
const maxLaneCharacters = 256;

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
  /** As `websocketMaxRequests` now. */
  maxRequests(): number;
}

/** One connection. */
export class ResponseSocket {
  readonly #webSocket: WebSocket;
  readonly #headers: IncomingHttpHeaders;
  /** Below the WebSocket. */
  readonly #connection: Socket;
  readonly #responses: ResponseStore;
  readonly #server: () => http.Server;
  readonly #maxValues: () => number;
  readonly clientId: string;
  readonly #lanes: SocketLanes;
  readonly #steering: Steering;
  readonly #outlet: FrameOutlet;
  /** Bytes that have come since the last whole message. */
  #unfinishedBytes = 0;
  #pendingSinceMs = 0;
  #isDraining = false;
  #missedPongs = 0;
  #usedAtMs = performance.now();

  constructor({ webSocket, req, clientId, responses, server, maxValues, maxRequests }: ResponseSocketOptions) {
    this.#webSocket = webSocket;
    this.clientId = clientId;
    this.#headers = innerHeaders(req.headers, handshakeHeaders);
    this.#connection = req.socket;
    this.#responses = responses;
    this.#server = server;
    this.#maxValues = maxValues;
    this.#outlet = this.#createOutlet();
    this.#lanes = new SocketLanes({
      maxRequests,
      start: (message, lane, onEnd) => this.#start(message, lane, onEnd),
      follow: (turn, queue) => this.#steering.follow(turn, queue),
      onIdle: () => this.#noteIdle(),
    });
    this.#steering = new Steering({
      turns: () => this.#lanes.turns,
      maxInputs: maxRequests,
      send: (frame) => this.#outlet.send(frame),
    });
    webSocket.on('message', (data, isBinary) => {
      this.#unfinishedBytes = 0;
      this.#take(String(data), isBinary);
      this.#holdBack();
    });
    webSocket.on('pong', (data) => {
      this.#missedPongs = 0;
      this.#discount(data);
    });
    webSocket.on('ping', (data) => this.#discount(data));
    webSocket.on('close', () => {
      this.#steering.close();
      this.#lanes.cut();
    });
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
    else if (this.#unfinishedBytes > 0 && this.#pendingSinceMs < oldestPendingMs)
      this.#refuse(policyViolation, 'the message did not arrive in time');
    else if (this.#lanes.isIdle && this.#usedAtMs < oldestUseMs) this.#close('idle');
    else if (this.#isOpen && isPinged) {
      this.#missedPongs += 1;
      this.#webSocket.ping();
    }
  }

  /** Bytes of messages that have not arrived whole, or wait for their turn. */
  get pendingBytes(): number {
    return this.#unfinishedBytes + this.#lanes.waitingBytes + this.#steering.waitingBytes;
  }

  /** @returns `pendingBytes` */
  notePending(bytes: number): number {
    if (this.#unfinishedBytes === 0) this.#pendingSinceMs = performance.now();
    this.#unfinishedBytes += bytes;
    return this.pendingBytes;
  }

  /** A control frame (RFC 6455 §5.5, https://www.rfc-editor.org/rfc/rfc6455#section-5.5) is no part of a message. */
  #discount({ length }: Buffer): void {
    this.#unfinishedBytes = Math.max(0, this.#unfinishedBytes - controlHeadBytes - length);
  }

  /** Its client has too much of messages under way. */
  refusePending(): void {
    this.#refuse(tryAgainLater, 'too much of unfinished messages');
  }

  /** Takes nothing more, says why, and cuts the connection. */
  #refuse(code: number, reason: string): void {
    this.#unfinishedBytes = 0;
    this.#steering.close();
    this.#lanes.clear();
    this.#webSocket.close(code, reason);
    this.#webSocket.pause();
    setTimeout(() => this.#webSocket.terminate(), closeGraceMs).unref();
  }

  /** A client that does not close its side too, or has long gone, is cut; one that still reads its answer, by `ws` after 30 s. */
  #close(reason: string): void {
    this.#webSocket.close(goingAway, reason);
    setTimeout(() => {
      if (this.#webSocket.bufferedAmount === 0) this.#webSocket.terminate();
    }, closeGraceMs).unref();
  }

  /** Closes the connection when what is under way has ended. */
  drain(): void {
    this.#isDraining = true;
    const queued = this.#lanes.clear();
    for (const { lane } of queued) this.#sendFailure(new OpenCompatError('OC_SHUTTING_DOWN'), lane);
    this.#steering.drain(queued);
    if (this.#lanes.isIdle) this.#noteIdle();
  }

  cut(): void {
    this.#webSocket.terminate();
  }

  #take(text: string, isBinary: boolean): void {
    let lane: string | undefined;
    try {
      const frame = readFrame(text, isBinary, this.#maxValues());
      if (frame?.type === 'response.steer') this.#steering.take(frame, text.length);
      else if (frame?.type === 'response.inject') this.#outlet.send(refuseInject(frame));
      else {
        lane = readLane(frame);
        if (this.#isDraining) throw new OpenCompatError('OC_SHUTTING_DOWN');
        const message = this.#steering.complete(toMessage(text, frame), lane);
        this.#lanes.add(message, lane);
        this.#steering.noteSent(message);
      }
    } catch (thrown) {
      this.#sendFailure(toOpenCompatError(thrown), lane);
    }
  }

  /** The chain reads and checks the message like any other body. */
  #start(message: LaneMessage, lane: string | undefined, onEnd: () => void): SocketTurn {
    const { body } = message;
    const earlyEnd = new AbortController();
    const request = openInnerRequest({
      server: this.#server(),
      connection: this.#connection,
      path: '/v1/responses',
      onConnection: (stream) => attachSession(stream, { responses: this.#responses, earlyEnd: earlyEnd.signal }),
      headers: {
        ...this.#headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    const turn = new SocketTurn({ request, outlet: this.#outlet, lane, message, earlyEnd, onEnd });
    request.end(body);
    return turn;
  }

  #createOutlet(): FrameOutlet {
    const isBehind = () => this.#isBehind;
    return {
      get isBehind() {
        return isBehind();
      },
      send: (frame, onSent) => {
        if (!this.#isOpen) return;
        this.#webSocket.send(frame, () => {
          onSent?.();
          this.#goOn();
        });
      },
      together: (task) => {
        this.#connection.cork();
        task();
        this.#connection.uncork();
      },
    };
  }

  #noteIdle(): void {
    this.#usedAtMs = performance.now();
    if (this.#isDraining) this.#close('the server is shutting down');
  }

  #sendFailure(failure: OpenCompatError, lane: string | undefined): void {
    this.#outlet.send(toFailureFrame(failure, lane));
  }
}

type Frame = Record<string, unknown>;

const messageTypes: ReadonlySet<unknown> = new Set(['response.create', 'response.steer', 'response.inject']);

/**
 * Undefined for a message with too many values: the chain refuses it, unread.
 * @throws OpenCompatError for a message of no known type
 */
function readFrame(text: string, isBinary: boolean, maxValues: number): Frame | undefined {
  if (!isBinary && new ValueBudget(maxValues).spend(text)) return undefined;
  const frame = isBinary ? undefined : parseObject(text);
  if (!frame) throw new OpenCompatError('OC_INVALID_JSON', { reason: 'each message must be one JSON object as text' });
  if (messageTypes.has(frame.type)) return frame;
  const reason =
    "Invalid value for 'type': the supported messages are 'response.create', 'response.steer' and 'response.inject'.";
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'type' });
}

/** @throws OpenCompatError */
function readLane(frame: Frame | undefined): string | undefined {
  const lane = frame?.stream_id;
  if (lane == null) return undefined;
  if (typeof lane === 'string' && lane !== '' && lane.length <= maxLaneCharacters) return lane;
  const reason = `Invalid 'stream_id': expected a text of 1 to ${maxLaneCharacters} characters.`;
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'stream_id' });
}
