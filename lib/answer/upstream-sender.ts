/** Sends an upstream request through http-proxy-middleware and returns its answer, or throws an error of the table. */
import { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { createProxyMiddleware, type RequestHandler } from 'http-proxy-middleware';
import { getProxyForUrl } from 'proxy-from-env';
import { OpenCompatError } from '../errors.ts';
import { loadPackage } from '../load-package.ts';
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

/** One upstream request on its way to a response head. */
class ProxiedCall {
  readonly response = new ProxiedResponse();
  readonly answer: Promise<UpstreamAnswer>;
  readonly #limits: UpstreamLimits;
  readonly #title: string;
  #resolve!: (answer: UpstreamAnswer) => void;
  #reject!: (error: unknown) => void;
  #timer: NodeJS.Timeout;
  #request: ClientRequest | undefined;
  #interimAnswers = 0;

  constructor(limits: UpstreamLimits, title: string) {
    this.#limits = limits;
    this.#title = title;
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

  /** The request has got its socket (httpxy emits the request then). */
  started(request: ClientRequest): void {
    this.#request = request;
    const connected = () => {
      clearTimeout(this.#timer);
      const { idleTimeoutMs } = this.#limits;
      this.#timer = this.#failAfter(
        idleTimeoutMs,
        () => new OpenCompatError('OC_UPSTREAM_TIMEOUT', { provider: this.#title, seconds: idleTimeoutMs / 1000 }),
      );
    };
    request.on('information', () => this.#countInterim());
    const { socket } = request;
    if (socket?.connecting) socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
    else connected();
  }

  #countInterim(): void {
    this.#interimAnswers += 1;
    if (this.#interimAnswers <= this.#limits.maxInterimAnswers) return;
    const reason = 'it sent more interim answers (1xx) than `maxInterimAnswers`';
    this.fail(new OpenCompatError('OC_UPSTREAM_INVALID', { provider: this.#title, api: 'HTTP', reason }));
  }

  answered(answer: IncomingMessage): void {
    clearTimeout(this.#timer);
    this.#resolve(answer as UpstreamAnswer);
  }

  fail(error: unknown): void {
    clearTimeout(this.#timer);
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

const networkErrors: Record<string, string> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up right now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'it took too long to connect',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (see NODE_EXTRA_CA_CERTS)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted (see NODE_EXTRA_CA_CERTS)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted (see NODE_EXTRA_CA_CERTS)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function describeNetworkError(error: NodeJS.ErrnoException): string {
  return networkErrors[error.code ?? ''] ?? `the connection failed (${error.code ?? error.name})`;
}

/** Connections are kept and reused. Their number is unlimited, because every client connection may need one. */
const agentOptions: http.AgentOptions = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 };

function createAgent(origin: string): http.Agent {
  const proxy = getProxyForUrl(origin);
  if (proxy) {
    const { HttpsProxyAgent } = loadPackage<typeof import('https-proxy-agent')>('https-proxy-agent');
    return new HttpsProxyAgent(proxy, agentOptions);
  }
  return origin.startsWith('https:') ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
}

export function createUpstreamSender(limits: UpstreamLimits): UpstreamSender {
  /** One proxy per origin; origins come from the configuration and from providers, never from clients. */
  const proxies = new Map<string, { middleware: RequestHandler; agent: http.Agent }>();

  function proxyTo(origin: string): RequestHandler {
    let proxy = proxies.get(origin);
    if (!proxy) {
      const agent = createAgent(origin);
      const middleware = createProxyMiddleware({
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
      proxy = { middleware, agent };
      proxies.set(origin, proxy);
    }
    return proxy.middleware;
  }

  return {
    async send(request, providerTitle, signal) {
      signal.throwIfAborted();
      const { idleTimeoutMs = limits.idleTimeoutMs } = request;
      const call = new ProxiedCall({ ...limits, idleTimeoutMs }, providerTitle);
      const abort = () => call.fail(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      try {
        const proxied = new ProxiedRequest(request, call);
        // Its promise settles only when the facade closes; the answer and all failures come as events.
        proxyTo(request.url.origin)(
          proxied as never,
          call.response as unknown as ServerResponse as never,
          (error?: unknown) => call.failOnNetwork(error as NodeJS.ErrnoException),
        );
        return await call.answer;
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    close() {
      for (const { agent } of proxies.values()) agent.destroy();
      proxies.clear();
    },
  };
}
