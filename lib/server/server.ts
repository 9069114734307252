/** The server: its listening socket, its life and its graceful shutdown. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Request, Response } from 'express';
import { credentialFileName } from '../auth/credential-store.ts';
import { findLoosePermissions } from '../auth/file-permissions.ts';
import { answerWithError } from '../chain/error-answer.ts';
import type { HttpExchange } from '../chain/exchange.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { EventSum } from '../event-sum.ts';
import { createLogger, type Logger } from '../log.ts';
import { isLoopbackAddress } from '../origins.ts';
import type { Provider } from '../providers/provider.ts';
import { version } from '../version.ts';
import { watchAliases } from './alias-notices.ts';
import { createApp } from './app.ts';
import { createDrain } from './drain.ts';
import { createErrorBoundary, type ErrorBoundary } from './error-boundary.ts';
import { letHeapGrow } from './heap.ts';
import { listen, urlOf } from './listen.ts';
import { answerClientError } from './malformed-http.ts';
import { type GivenParts, openParts, type ServerParts } from './parts.ts';
import type { ServerState } from './route.ts';
import { createResponseSockets } from './sockets.ts';
import { serveUpgrades } from './upgrades.ts';

export interface ServerOptions extends GivenParts {
  /** Where log lines go. Default: standard output. */
  logStream?: NodeJS.WritableStream;
}

export interface RunningServer {
  /** `http://host:port`, as a client on this machine reaches it. */
  readonly url: string;
  readonly address: AddressInfo;
  readonly log: Logger;
  /**
   * Logs an uncaught error, and ends the request or the connection that it arose in.
   * @returns false when it arose outside every request, connection and plugin
   */
  outlive(error: unknown): boolean;
  /** Takes no new connections, lets running exchanges finish within `shutdownGrace`, then ends them with an error. */
  close(): Promise<void>;
}

/** Starts a server. Everything it opens is closed by `close()`. */
export async function createServer(
  { config, warnings }: LoadedConfig,
  options: ServerOptions = {},
): Promise<RunningServer> {
  const log = createLogger({
    level: config.verbose ? 'debug' : config.logLevel,
    format: config.logFormat,
    stream: options.logStream ?? process.stdout,
  });
  for (const warning of warnings) log.warn(warning);
  for (const warning of await findLoosePermissions(join(config.dataDir, credentialFileName))) log.warn(warning);

  const parts = await openParts(config, log, options);
  const { scheduler, pipeline, services } = parts;
  const { server, drain, boundary, report } = createHttpServer(parts);
  const address = await listen(server, config.port, config.host).catch(async (error) => {
    await parts.close();
    throw error;
  });
  const url = urlOf(address);
  announce(url, address, config, log, services.providers);
  watchAliases({ ...services, scheduler });
  setImmediate(() => {
    scheduler.start();
    void pipeline.warmUp().then(letHeapGrow);
  });

  let closing: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    // Stops listening at once, even during a refresh.
    await Promise.all([drain(), scheduler.stop()]);
    await parts.close();
    log.info('stopped');
  }
  return {
    url,
    address,
    log,
    outlive: (error) => boundary.failBehind(error) || !report(error),
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** The application on a server that does not listen yet, and the function that drains it. */
function createHttpServer({ services, routes, pipeline }: ServerParts): {
  server: http.Server;
  drain(): Promise<void>;
  boundary: ErrorBoundary;
  report(error: unknown): boolean;
} {
  const { config, log } = services;
  const state: ServerState = { isDraining: false };
  const live = new Set<HttpExchange>();
  const sockets = createResponseSockets({ config, log, server: () => server });
  const app = createApp(pipeline, { ...services, state, routes, sockets }, live);
  function report(error: unknown): boolean {
    const plugin = pipeline.pluginBehind(error);
    log.error('an uncaught error', { plugin, error });
    return plugin === undefined;
  }
  const boundary = createErrorBoundary({
    report,
    answer: (error, req, res) => answerWithError(error, req as Request, res as Response, services),
  });
  const listener = boundary.guardRequests(app);
  const server = http.createServer(
    {
      requestTimeout: config.requestTimeout * 1000,
      headersTimeout: config.headersTimeout * 1000,
      keepAliveTimeout: config.keepAliveTimeout * 1000,
      // Most delay before a timeout is noticed.
      connectionsCheckingInterval: Math.min(5_000, config.headersTimeout * 500),
    },
    listener,
  );
  boundary.guardServer(server);
  server.on('clientError', answerClientError);
  const upgraded = serveUpgrades(server, listener);
  limitConnections(server, config.maxConnections, log);
  const drain = createDrain({ server, config, log, state, live, sockets, upgraded });
  return { server, drain, boundary, report };
}

/** Those beyond the limit are closed before a byte is read; the log has a line for each minute in which that happens. */
function limitConnections(server: http.Server, maxConnections: number, log: Logger): void {
  if (maxConnections === 0) return;
  server.maxConnections = maxConnections;
  const dropped = new EventSum(60_000, (connections) => {
    log.warn('connections were closed at once: there are as many as `maxConnections`', { connections, maxConnections });
  });
  server.on('drop', () => dropped.add());
}

function announce(
  url: string,
  { address }: AddressInfo,
  { apiKeys, clientKeys }: Config,
  log: Logger,
  providers: readonly Provider[],
): void {
  const ready = providers.filter((provider) => provider.readiness().isReady).map(({ name }) => name);
  log.info(`OpenCompat ${version} is listening on ${url}`, {
    base_url: `${url}/v1`,
    providers: ready.join(', ') || 'none',
  });
  if (apiKeys.length + clientKeys.length === 0 && !isLoopbackAddress(address)) {
    log.warn(
      'ANYONE WHO REACHES THIS MACHINE CAN USE THE SERVER: it has no client keys. Set `apiKeys` (OPENCOMPAT_API_KEYS), or listen on 127.0.0.1.',
      { listening_on: address },
    );
  }
  for (const provider of providers) {
    const { isReady, reason } = provider.readiness();
    if (!isReady && reason) log.info(`${provider.title}: ${reason}`);
  }
}
