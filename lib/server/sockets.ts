/**
 * The Responses API over WebSockets: each `response.create` is a request of its own through the whole chain (POST
 * /v1/responses, on a connection inside the process), each event of its stream a text frame.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { createResponseStore } from '../kept/response-store.ts';
import { loadPackage } from '../load-package.ts';
import type { Logger } from '../log.ts';
import { ResponseSocket } from './response-socket.ts';
import { upgradeOf } from './upgrades.ts';

export interface ResponseSockets {
  /**
   * Takes over the connection of a request for a WebSocket.
   * @param clientId who asks: each has a share of the connections
   * @throws OpenCompatError for any other request, and when the limit of connections is reached
   */
  accept(req: IncomingMessage, res: ServerResponse, clientId: string): void;
  /** Closes idle connections now, and busy ones when their answer has ended. */
  drain(): void;
  /** Cuts all remaining connections. */
  close(): void;
}

export interface ResponseSocketsOptions {
  /** The one in use now. */
  config(): Pick<
    Config,
    | 'keepaliveInterval'
    | 'maxBodyBytes'
    | 'maxBodyValues'
    | 'responsesMaxEntries'
    | 'websocketIdleTimeout'
    | 'requestTimeout'
    | 'websocketMaxConnections'
    | 'websocketMaxConnectionsPerClient'
    | 'websocketMaxKeptBytes'
    | 'websocketMaxPendingBytes'
    | 'websocketMaxRequests'
  >;
  log: Logger;
  /** Takes the requests: a server with the application on it. */
  server(): Server;
}

/** Unfinished messages of this size are nobody's concern. */
const smallBytes = 65_536;
/** Seconds between two looks at the connections where `keepaliveInterval` says none. */
const usualBeatS = 15;

export function createResponseSockets(options: ResponseSocketsOptions): ResponseSockets {
  return new SocketPool(options);
}

class SocketPool implements ResponseSockets {
  readonly #options: ResponseSocketsOptions;
  readonly #sockets = new Set<ResponseSocket>();
  #acceptor: WebSocketServer | undefined;
  #isDraining = false;
  #beat: NodeJS.Timeout | undefined;

  constructor(options: ResponseSocketsOptions) {
    this.#options = options;
  }

  accept(req: IncomingMessage, res: ServerResponse, clientId: string): void {
    const upgrade = upgradeOf(req);
    if (!upgrade) throw new OpenCompatError('OC_UPGRADE_REQUIRED', {}, { headers: { upgrade: 'websocket' } });
    if (this.#isDraining) throw new OpenCompatError('OC_SHUTTING_DOWN');
    this.#checkRoom(clientId);
    res.statusCode = 101;
    res.detachSocket(upgrade.socket as never);
    this.#openAcceptor().handleUpgrade(req, upgrade.socket, upgrade.head, (webSocket) => {
      this.#start(webSocket, req, upgrade.socket, clientId);
    });
    // The exchange of the handshake is over; each request on the connection has its own.
    res.emit('close');
  }

  drain(): void {
    this.#isDraining = true;
    for (const socket of this.#sockets) socket.drain();
  }

  close(): void {
    this.#stopBeat();
    for (const socket of this.#sockets) socket.cut();
  }

  #start(webSocket: WebSocket, req: IncomingMessage, connection: Duplex, clientId: string): void {
    const { log, server } = this.#options;
    const config = this.#options.config();
    const responses = createResponseStore({
      maxEntries: config.responsesMaxEntries,
      maxBytes: config.websocketMaxKeptBytes,
      ttlMs: Number.POSITIVE_INFINITY,
      log,
    });
    const socket = new ResponseSocket({
      webSocket,
      req,
      clientId,
      responses,
      server,
      maxValues: () => this.#options.config().maxBodyValues,
      maxRequests: () => this.#options.config().websocketMaxRequests,
    });
    this.#sockets.add(socket);
    // Before the WebSocket's own listener, which takes whole messages out of what has come.
    connection.prependListener('data', (bytes: Buffer) => {
      if (socket.notePending(bytes.length) > smallBytes && this.#isTooMuchPending(clientId)) socket.refusePending();
    });
    webSocket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#stopBeat();
    });
    this.#beat ??= this.#startBeat();
  }

  #startBeat(): NodeJS.Timeout {
    const beatMs = (this.#options.config().keepaliveInterval || usualBeatS) * 1000;
    return setTimeout(() => {
      this.#tick();
      this.#beat = this.#sockets.size > 0 ? this.#startBeat() : undefined;
    }, beatMs).unref();
  }

  /** Loaded at the first WebSocket: most servers never see one. */
  #openAcceptor(): WebSocketServer {
    const maxPayload = this.#options.config().maxBodyBytes;
    if (this.#acceptor?.options.maxPayload !== maxPayload) {
      const ws = loadPackage<typeof import('ws')>('ws');
      this.#acceptor = new ws.WebSocketServer({ noServer: true, maxPayload });
    }
    return this.#acceptor;
  }

  #ofClient(clientId: string): ResponseSocket[] {
    return [...this.#sockets].filter((socket) => socket.clientId === clientId);
  }

  /** One message may always be as large as a body. */
  #isTooMuchPending(clientId: string): boolean {
    const { websocketMaxPendingBytes, maxBodyBytes } = this.#options.config();
    const bytes = this.#ofClient(clientId).reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
    return bytes > Math.max(websocketMaxPendingBytes, maxBodyBytes);
  }

  /** @throws OpenCompatError OC_TOO_MANY_SOCKETS */
  #checkRoom(clientId: string): void {
    const { websocketMaxConnections: limit, websocketMaxConnectionsPerClient: share } = this.#options.config();
    if (this.#sockets.size >= limit) {
      const setting = '`websocketMaxConnections` (OPENCOMPAT_WEBSOCKET_MAX_CONNECTIONS)';
      throw new OpenCompatError('OC_TOO_MANY_SOCKETS', { limit, whose: '', setting });
    }
    if (this.#ofClient(clientId).length >= share) {
      const setting = '`websocketMaxConnectionsPerClient` (OPENCOMPAT_WEBSOCKET_MAX_CONNECTIONS_PER_CLIENT)';
      throw new OpenCompatError('OC_TOO_MANY_SOCKETS', { limit: share, whose: ' of this client', setting });
    }
  }

  #tick(): void {
    const { keepaliveInterval, websocketIdleTimeout, requestTimeout } = this.#options.config();
    const nowMs = performance.now();
    const limits = {
      isPinged: keepaliveInterval > 0,
      oldestUseMs: nowMs - websocketIdleTimeout * 1000,
      oldestPendingMs: nowMs - requestTimeout * 1000,
    };
    for (const socket of this.#sockets) socket.tick(limits);
  }

  #stopBeat(): void {
    clearTimeout(this.#beat);
    this.#beat = undefined;
  }
}
