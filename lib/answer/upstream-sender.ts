/** Sends an upstream request through http-proxy-middleware and returns its answer, or throws an error of the table. */
import { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createProxyMiddleware, type RequestHandler } from 'http-proxy-middleware';
import { OpenCompatError } from '../errors.ts';
import { ConnectionPool } from '../outgoing/connections.ts';
import { acceptEncoding, decompress } from '../outgoing/decompress.ts';
import { LostConnections } from '../outgoing/lost-connections.ts';
import { describeNetworkError } from '../outgoing/network-errors.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import { Secret } from '../secret.ts';
import { StaleConnectionError } from './stale-connection-error.ts';

export interface UpstreamLimits {
  connectTimeoutMs: number;
  /** Longest wait for the response head. */
  idleTimeoutMs: number;
  /** Most heads of interim answers (1xx). Node bounds each head (16 KiB, `--max-http-header-size`), but not their number. */
  maxInterimAnswers: number;
}

/**
 * A kept connection that was in use less than this long ago leads somewhere: silence on it is the upstream's own, and asking a
 * slow model again would double its work.
 */
const surelyAliveMs = 1_000;

export interface UpstreamSender {
  /**
   * @throws OpenCompatError OC_UPSTREAM_UNREACHABLE (a StaleConnectionError where the request may be sent again),
   *   OC_UPSTREAM_TIMEOUT, OC_UPSTREAM_INVALID; the signal's reason when it is aborted
   */
  send(request: UpstreamRequest, providerTitle: string, signal: AbortSignal): Promise<UpstreamAnswer>;
  close(): void;
}

/**
 * The rewritten request, which the proxy reads instead of the client's: the client's body has already been read, and one client
 * request may need several upstream requests (a retry, several choices).
 */
class ProxiedRequest extends Readable {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly httpVersionMajor = 1;
  /** httpxy takes a reset for the client's, and reports nothing, unless this is writable. */
  readonly socket = { writable: true };
  readonly call: ProxiedCall;
  #body: string | undefined;

  constructor(request: UpstreamRequest, call: ProxiedCall) {
    super();
    this.method = request.method;
    this.url = request.url.pathname + request.url.search;
    this.headers = {};
    for (const [name, value] of Object.entries(request.headers)) {
      this.headers[name] = value instanceof Secret ? value.reveal() : value;
    }
    this.headers['accept-encoding'] = acceptEncoding;
    this.headers['content-length'] = String(Buffer.byteLength(request.body));
    this.#body = request.body;
    this.call = call;
  }

  override _read(): void {
    if (this.#body) this.push(this.#body);
    this.#body = undefined;
    this.push(null);
  }
}

/**
 * Stands in for the client's response before the proxy. `close` tells the proxy to abort. Destroying it does nothing: after a
 * broken upstream the client must still get a proper error in its stream.
 */
class ProxiedResponse extends EventEmitter {
  readonly headersSent = false;
  readonly writableFinished = false;
  readonly finished = false;
  readonly destroyed = false;
  destroy(): void {}
}

/** What tells whether a connection still leads somewhere. */
interface Connections {
  pool: ConnectionPool;
  lost: LostConnections;
}

/** One upstream request on its way to a response head. */
class ProxiedCall {
  readonly response = new ProxiedResponse();
  readonly answer: Promise<UpstreamAnswer>;
  readonly #limits: UpstreamLimits;
  readonly #title: string;
  readonly #connections: Connections;
  #resolve!: (answer: UpstreamAnswer) => void;
  #reject!: (error: unknown) => void;
  #timer: NodeJS.Timeout;
  #request: ClientRequest | undefined;
  #interimAnswers = 0;
  /** Has it an answer, or an error? */
  #isSettled = false;
  #stopWatching: (() => void) | undefined;

  constructor(limits: UpstreamLimits, title: string, connections: Connections) {
    this.#limits = limits;
    this.#title = title;
    this.#connections = connections;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = this.#failAfter(limits.connectTimeoutMs, () => this.#unreachable('it took too long to connect'));
  }

  #failAfter(ms: number, error: () => OpenCompatError): NodeJS.Timeout {
    return setTimeout(() => this.fail(error()), ms);
  }

  #unreachable(reason: string, cause?: unknown): OpenCompatError {
    return new OpenCompatError('OC_UPSTREAM_UNREACHABLE', { provider: this.#title, reason }, { cause });
  }

  /**
   * A connection was found for the request (httpxy announces the request then). A silent one is told from a slow model by
   * evidence alone, as a second request costs the model double: the machine has slept or left its network, which is noticed at
   * once; or the connection lay idle before, and not a byte has come in all the time that the upstream has.
   */
  started(request: ClientRequest): void {
    this.#request = request;
    request.on('information', () => this.#countInterim());
    // Node has no error for an answer that would change the protocol (101), and closes the connection.
    request.once('close', () => this.#unanswered());
    clearTimeout(this.#timer);
    const { idleTimeoutMs } = this.#limits;
    const { pool, lost } = this.#connections;
    // Made when it is needed: an error takes its stack along, which costs more than the rest of this.
    const timeout = () =>
      new OpenCompatError('OC_UPSTREAM_TIMEOUT', { provider: this.#title, seconds: idleTimeoutMs / 1000 });
    const { socket } = request;
    const mayBeDead = request.reusedSocket && socket !== null && pool.idleMs(socket) >= surelyAliveMs;
    const stale = () => new StaleConnectionError(this.#title, 'it did not answer', timeout());
    this.#timer = this.#failAfter(idleTimeoutMs, mayBeDead ? stale : timeout);
    if (socket) this.#stopWatching = lost.watch(socket, () => this.fail(stale()));
  }

  #unanswered(): void {
    if (!this.#isSettled) this.fail(this.#unreachable('it closed the connection without an answer'));
  }

  #countInterim(): void {
    this.#interimAnswers += 1;
    if (this.#interimAnswers <= this.#limits.maxInterimAnswers) return;
    const reason = 'it sent more interim answers (1xx) than `maxInterimAnswers`';
    this.fail(new OpenCompatError('OC_UPSTREAM_INVALID', { provider: this.#title, api: 'HTTP', reason }));
  }

  answered(answer: IncomingMessage): void {
    this.#isSettled = true;
    this.#stopWaiting();
    this.#resolve(decompress(answer) as UpstreamAnswer);
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#stopWatching?.();
  }

  fail(error: unknown): void {
    this.#isSettled = true;
    this.#stopWaiting();
    this.#reject(error);
    this.letGo();
  }

  failOnNetwork(error: NodeJS.ErrnoException): void {
    const reason = describeNetworkError(error);
    const isStale = this.#request?.reusedSocket === true && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
    this.fail(isStale ? new StaleConnectionError(this.#title, reason, error) : this.#unreachable(reason, error));
  }

  /** Aborts the upstream request, or its answer. */
  letGo(): void {
    this.response.emit('close');
    this.#request?.destroy();
  }
}

export function createUpstreamSender(limits: UpstreamLimits): UpstreamSender {
  const pool = new ConnectionPool(limits.connectTimeoutMs);
  const connections = { pool, lost: new LostConnections() };
  /** One proxy per origin; origins come from the configuration and from providers, never from clients. */
  const proxies = new Map<string, RequestHandler>();

  function proxyTo(origin: string): RequestHandler {
    const agent = pool.agentFor(origin);
    let proxy = proxies.get(origin);
    if (!proxy) {
      proxy = createProxyMiddleware({
        target: origin,
        agent,
        changeOrigin: true,
        selfHandleResponse: true,
        // The default plugins log and answer errors themselves; this project does both its own way.
        ejectPlugins: true,
        plugins: [
          (server) => {
            const callOf = (req: unknown) => (req as ProxiedRequest).call;
            server.on('proxyReq', (proxyReq, req) => callOf(req).started(proxyReq));
            server.on('proxyRes', (proxyRes, req) => callOf(req).answered(proxyRes));
            server.on('error', (error, req) => callOf(req).failOnNetwork(error));
            server.on('econnreset', (error, req) => callOf(req).failOnNetwork(error));
          },
        ],
      });
      proxies.set(origin, proxy);
    }
    return proxy;
  }

  return {
    async send(request, providerTitle, signal) {
      signal.throwIfAborted();
      const { origin } = request.url;
      const { idleTimeoutMs = limits.idleTimeoutMs } = request;
      const call = new ProxiedCall({ ...limits, idleTimeoutMs }, providerTitle, connections);
      const abort = () => call.fail(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      try {
        const proxied = new ProxiedRequest(request, call);
        // Its promise settles only when the facade closes; the answer and every failure come through the events.
        proxyTo(origin)(proxied as never, call.response as unknown as ServerResponse as never, (error?: unknown) =>
          call.failOnNetwork(error as NodeJS.ErrnoException),
        );
        return await call.answer;
      } catch (error) {
        if (error instanceof StaleConnectionError) pool.closeIdle(origin);
        throw error;
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    close() {
      pool.close();
      proxies.clear();
    },
  };
}
