/** Sends a request with undici: those whose answer is translated. */
import { AsyncLocalStorage } from 'node:async_hooks';
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

/** The answer, with all that one read of the socket held in one piece: its parser gives each chunk of HTTP separately. */
class DispatchedAnswer extends Readable {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly #controller: Controller;
  readonly #onEnd: () => void;
  /** A kept connection calls back in the scope of the request that it was opened for. */
  readonly #inScope = AsyncLocalStorage.snapshot();
  #parts: Buffer[] = [];
  #isPushDue = false;
  #isComplete = false;

  /** @param onEnd called when all of the answer has come */
  constructor(controller: Controller, statusCode: number, headers: IncomingHttpHeaders, onEnd: () => void) {
    super();
    this.#controller = controller;
    this.statusCode = statusCode;
    this.headers = headers;
    this.#onEnd = onEnd;
  }

  add(part: Buffer): void {
    this.#parts.push(part);
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
    this.#inScope(process.nextTick, this.#push);
  }

  readonly #push = (): void => {
    this.#isPushDue = false;
    const parts = this.#parts;
    this.#parts = [];
    if (this.#isComplete) this.#onEnd();
    if (this.destroyed) return;
    if (parts.length > 0 && !this.push(parts.length === 1 ? parts[0] : Buffer.concat(parts))) this.#controller.pause();
    if (this.#isComplete) this.push(null);
  };

  override _read(): void {
    this.#controller.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // Does nothing where the answer is complete.
    this.#controller.abort(error ?? new Error('the answer is not needed'));
    done(error);
  }
}

/** Hands what undici tells to a call. */
class DispatchedRequest implements Dispatcher.DispatchHandler {
  readonly #call: UpstreamCall;
  readonly #connection: ClientConnection;
  readonly #pool: ClientPool;
  /** A kept connection calls back in the scope of the request that it was opened for. */
  readonly #inScope = AsyncLocalStorage.snapshot();
  #answer: DispatchedAnswer | undefined;

  constructor(call: UpstreamCall, connection: ClientConnection, pool: ClientPool) {
    this.#call = call;
    this.#connection = connection;
    this.#pool = pool;
  }

  onRequestStart(controller: Controller): void {
    const { socket, idleMs } = this.#connection;
    this.#call.onLetGo(() => controller.abort(new Error('the answer is not needed')));
    this.#inScope(() => this.#call.started({ socket, idleMs }));
  }

  onResponseStart(controller: Controller, statusCode: number, headers: IncomingHttpHeaders): void {
    if (statusCode < 200) {
      this.#call.countInterim();
      return;
    }
    this.#answer = this.#inScope(
      () => new DispatchedAnswer(controller, statusCode, headers, () => this.#pool.keep(this.#connection)),
    );
    this.#call.answered(this.#answer);
  }

  onResponseData(_controller: Controller, part: Buffer): void {
    this.#answer?.add(part);
  }

  onResponseEnd(): void {
    this.#answer?.complete();
  }

  onResponseError(_controller: Controller, error: NodeJS.ErrnoException): void {
    // Also of a request that never came to its connection.
    this.#connection.socket.destroy();
    if (this.#answer) this.#inScope(() => this.#answer?.destroy(error));
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
