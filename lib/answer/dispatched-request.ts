/** Sends a request with undici: those whose answer is translated. */
import { AsyncResource } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { type ClientConnection, ClientPool } from '../outgoing/clients.ts';
import type { UpstreamRequest } from '../providers/provider.ts';
import { headersToSend, type RequestCarrier } from './request-carrier.ts';
import type { UpstreamCall } from './upstream-call.ts';

type Controller = Dispatcher.DispatchController;

/** What the client says itself, for the connection. */
const connectionHeaders = [
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
];

/** One for all: an error takes its stack along, which costs more than the rest of a request's end. */
const unneeded = new Error('the answer is not needed');

/** The answer, with all that one read of the socket held in one piece: its parser gives each chunk of HTTP separately. */
class DispatchedAnswer extends Readable {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly isReadInOnePiece = true;
  readonly #controller: Controller;
  readonly #request: DispatchedRequest;
  /** What has come since the last push: nearly always one part. */
  #part: Buffer | undefined;
  #furtherParts: Buffer[] | undefined;
  #isPushDue = false;
  #isComplete = false;

  constructor(controller: Controller, statusCode: number, headers: IncomingHttpHeaders, request: DispatchedRequest) {
    super();
    this.#controller = controller;
    this.statusCode = statusCode;
    this.headers = headers;
    this.#request = request;
  }

  add(part: Buffer): void {
    if (this.#part === undefined) this.#part = part;
    else if (this.#furtherParts === undefined) this.#furtherParts = [part];
    else this.#furtherParts.push(part);
    this.#pushSoon();
  }

  complete(): void {
    this.#isComplete = true;
    this.#pushSoon();
  }

  /** The parser must not be told to go on or to stop while it is at work: the tick comes after it. */
  #pushSoon(): void {
    if (this.#isPushDue) return;
    this.#isPushDue = true;
    this.#request.runInAsyncScope(process.nextTick, undefined, this.#push);
  }

  readonly #push = (): void => {
    this.#isPushDue = false;
    const part = this.#part;
    const furtherParts = this.#furtherParts;
    this.#part = undefined;
    this.#furtherParts = undefined;
    if (this.#isComplete) this.#request.keepConnection();
    if (this.destroyed) return;
    if (part && !this.push(furtherParts ? Buffer.concat([part, ...furtherParts]) : part)) this.#controller.pause();
    if (this.#isComplete) this.push(null);
  };

  override _read(): void {
    this.#controller.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#isComplete) this.#request.cut();
    done(error);
  }
}

/**
 * Hands what undici tells to a call. Its async scope is that of whoever sends the request: a kept connection calls back in the
 * scope of the request that it was opened for.
 */
class DispatchedRequest extends AsyncResource implements Dispatcher.DispatchHandler {
  readonly #call: UpstreamCall;
  readonly #connection: ClientConnection;
  readonly #pool: ClientPool;
  #answer: DispatchedAnswer | undefined;

  constructor(call: UpstreamCall, connection: ClientConnection, pool: ClientPool) {
    super('UpstreamRequest', { requireManualDestroy: true });
    this.#call = call;
    this.#connection = connection;
    this.#pool = pool;
  }

  onRequestStart(): void {
    const { socket, idleMs } = this.#connection;
    this.#call.onLetGo(() => this.cut());
    this.runInAsyncScope(() => this.#call.started({ socket, idleMs }));
  }

  onResponseStart(controller: Controller, statusCode: number, headers: IncomingHttpHeaders): void {
    if (statusCode < 200) {
      this.#call.countInterim();
      return;
    }
    this.#answer = new DispatchedAnswer(controller, statusCode, headers, this);
    this.#call.answered(this.#answer);
  }

  onResponseData(_controller: Controller, part: Buffer): void {
    this.#answer?.add(part);
  }

  onResponseEnd(): void {
    this.#answer?.complete();
  }

  /**
   * Ends the request with its connection. `Controller.abort` would have undici throw where an answer without a length is aborted:
   * it takes the end of the connection for the end of the answer, which it then finds aborted.
   */
  cut(): void {
    this.#connection.socket.destroy(unneeded);
  }

  keepConnection(): void {
    this.#pool.keep(this.#connection);
  }

  onResponseError(_controller: Controller, error: NodeJS.ErrnoException): void {
    // Also of a request that never came to its connection.
    this.#connection.socket.destroy();
    if (this.#answer) this.runInAsyncScope(() => this.#answer?.destroy(error));
    else if (!this.#call.isSettled) this.#call.failOnNetwork(error);
  }
}

/** @param connectTimeoutMs for each step: the proxy, the server, TLS */
export function createDispatchCarrier(connectTimeoutMs: number): RequestCarrier {
  const pool = new ClientPool(connectTimeoutMs);

  function dispatch(request: UpstreamRequest, call: UpstreamCall, connection: ClientConnection): void {
    const { method, url, body } = request;
    const headers = headersToSend(request);
    for (const name of connectionHeaders) delete headers[name];
    const path = url.pathname + url.search;
    connection.client.dispatch(
      { method: method as 'POST', path, headers, body },
      new DispatchedRequest(call, connection, pool),
    );
  }

  async function open(request: UpstreamRequest, call: UpstreamCall): Promise<void> {
    call.connecting();
    const connection = await pool.open(request.url.origin);
    if (call.isSettled) connection.socket.destroy();
    else dispatch(request, call, connection);
  }

  return {
    carry(request, call) {
      const connection = pool.take(request.url.origin);
      if (connection) dispatch(request, call, connection);
      else open(request, call).catch((error: NodeJS.ErrnoException) => call.failOnNetwork(error));
    },
    closeIdle: (origin) => pool.closeIdle(origin),
    close: () => pool.close(),
  };
}
