/** Sends a request through http-proxy-middleware: those that are passed through, with an answer in the client's own API. */
import { EventEmitter } from 'node:events';
import type { ClientRequest } from 'node:http';
import { Readable } from 'node:stream';
import { createProxyMiddleware, type RequestHandler } from 'http-proxy-middleware';
import { ConnectionPool } from '../outgoing/connections.ts';
import type { UpstreamRequest } from '../providers/provider.ts';
import { headersToSend, type RequestCarrier } from './request-carrier.ts';
import type { UpstreamCall } from './upstream-call.ts';

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
  readonly call: UpstreamCall;
  readonly response = new ProxiedResponse();
  #body: string | undefined;

  constructor(request: UpstreamRequest, call: UpstreamCall) {
    super();
    this.method = request.method;
    this.url = request.url.pathname + request.url.search;
    this.headers = headersToSend(request);
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

/** @param connectTimeoutMs for each step: the proxy, the server, TLS */
export function createProxyCarrier(connectTimeoutMs: number): RequestCarrier {
  const pool = new ConnectionPool(connectTimeoutMs);
  /** One proxy per origin; origins come from the configuration and from providers, never from clients. */
  const proxies = new Map<string, RequestHandler>();

  /** httpxy announces a request when a connection was found for it. */
  function announce(proxyReq: ClientRequest, { call, response }: ProxiedRequest): void {
    const { socket } = proxyReq;
    proxyReq.on('information', () => call.countInterim());
    // Node has no error for an answer that would change the protocol (101), and closes the connection.
    proxyReq.once('close', () => call.closed());
    call.onLetGo(() => {
      response.emit('close');
      proxyReq.destroy();
    });
    call.started({ socket, idleMs: proxyReq.reusedSocket && socket ? pool.idleMs(socket) : undefined });
  }

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
            server.on('proxyReq', (proxyReq, req) => announce(proxyReq, req as never));
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
    carry(request, call) {
      const proxied = new ProxiedRequest(request, call);
      call.connecting();
      call.onLetGo(() => proxied.response.emit('close'));
      // Its promise settles only when the facade closes; the answer and every failure come through the events.
      proxyTo(request.url.origin)(proxied as never, proxied.response as never, (error?: unknown) =>
        call.failOnNetwork(error as NodeJS.ErrnoException),
      );
    },
    closeIdle: (origin) => pool.closeIdle(origin),
    close() {
      pool.close();
      proxies.clear();
    },
  };
}
