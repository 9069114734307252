/** The server: an Express application made of routes and chains, its listening socket, and its orderly end. */
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { apisOf, importRoutes } from '../chain/built-in-modules.ts';
import { type BoxName, defaultChain } from '../chain/default-chain.ts';
import { answerWithError, openAiErrorBody } from '../chain/error-answer.ts';
import { type HttpExchange, openExchange } from '../chain/exchange.ts';
import { arrangeChains, type ChainBox, createPipeline, type Pipeline, type PluginEntry } from '../chain/pipeline.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { createResponseStore, type ResponseStore } from '../kept/response-store.ts';
import { createSharedResponseStore } from '../kept/shared-response-store.ts';
import { createLogger, type Logger } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { createAvailability } from '../models/availability.ts';
import { gatherFaults } from '../options/faults.ts';
import { isLoopbackAddress } from '../origins.ts';
import { type GivenProvider, openProviders, planProviders } from '../providers/plan.ts';
import type { Provider } from '../providers/provider.ts';
import { createScheduler } from '../scheduler.ts';
import { openRedis, type RedisConnection } from '../storage/redis.ts';
import { version } from '../version.ts';
import { letHeapGrow } from './heap.ts';
import type { Route, RouteServices, ServerState } from './route.ts';
import { createResponseSockets } from './sockets.ts';
import { serveUpgrades } from './upgrades.ts';

export interface ServerOptions {
  /** Plugins given in code, besides those of the configuration. */
  plugins?: readonly PluginEntry[];
  /** Providers given in code, before those of the configuration. */
  providers?: readonly GivenProvider[];
  /** Where log lines go. Default: standard output. */
  logStream?: NodeJS.WritableStream;
}

/**
 * Idle connections are kept for this long when the server stops, and a request on one is the last: a reverse proxy that is
 * just sending one would otherwise meet a closed door, and may not knock at another with a POST.
 */
const idleLingerMs = 1_000;

export interface RunningServer {
  /** `http://host:port`, as a client on this machine reaches it. */
  readonly url: string;
  readonly address: AddressInfo;
  readonly log: Logger;
  /** The plugin in whose file an error arose; undefined when it was none. */
  pluginBehind(error: unknown): string | undefined;
  /** Takes no new connections, lets running exchanges finish within `shutdownGrace`, then ends them with an error. */
  close(): Promise<void>;
}

function boxesThrough(chain: readonly ChainBox[], last: BoxName | undefined): RequestHandler[] {
  return chain.filter(({ place }) => isThrough(place, last)).map(({ handler }) => handler);
}

function boxesBehind(chain: readonly ChainBox[], last: BoxName | undefined): RequestHandler[] {
  return chain.filter(({ place }) => !isThrough(place, last)).map(({ handler }) => handler);
}

function isThrough(place: BoxName, last: BoxName | undefined): boolean {
  return last === undefined || defaultChain.indexOf(place) <= defaultChain.indexOf(last);
}

/** The routes on an Express application, with the answers to what none of them is. */
function createApp(pipeline: Pipeline, services: RouteServices, live: Set<HttpExchange>): express.Express {
  const { config, log, routes, apis, state } = services;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', config.trustedProxies.length > 0 ? [...config.trustedProxies] : false);

  const ownerOf = ({ path }: Request) => apis.find((api) => api.pathPrefix && path.startsWith(api.pathPrefix));
  const openFor =
    (route?: Route): RequestHandler =>
    (req, res, next) => {
      const exchange = openExchange(req, res, log, route ? route.api : ownerOf(req));
      if (state.isDraining) res.setHeader('connection', 'close');
      live.add(exchange);
      res.once('close', () => live.delete(exchange));
      next();
    };

  const methodsByPath = new Map<string, string[]>();
  for (const route of routes) {
    const chain = pipeline.chainOf(route.api?.name);
    const handlers = boxesThrough(chain, route.through);
    if (route.createHandler) handlers.push(route.createHandler(services) as RequestHandler);
    if (route.api) handlers.push(...boxesBehind(chain, route.through));
    app[route.method](route.path, openFor(route), ...handlers, unanswered);
    methodsByPath.set(route.path, [...(methodsByPath.get(route.path) ?? []), route.method.toUpperCase()]);
  }
  const outer = boxesThrough(pipeline.chainOf(undefined), 'cors');
  for (const [path, methods] of methodsByPath) {
    app.all(path, openFor(), ...outer, (req) => {
      const allowed = methods.join(', ');
      throw new OpenCompatError(
        'OC_METHOD_NOT_ALLOWED',
        { method: req.method, path: req.path, allowed },
        // Express answers HEAD by what answers GET.
        { headers: { allow: methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)).join(', ') } },
      );
    });
  }
  const unknown = express.Router().use(openFor(), ...outer, (req) => {
    throw new OpenCompatError('OC_UNKNOWN_URL', { method: req.method, path: req.path });
  });
  app.use(unknown);
  // A path with escapes that mean nothing (`%ff`) fails in Express, before any chain.
  app.use((error: unknown, req: Request, res: Response, next: NextFunction) => {
    if (error instanceof URIError && !req.exchange) unknown(req, res, next);
    else next(error);
  });
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) =>
    answerWithError(error, req, res, { log, apis }),
  );
  return app;
}

/** Behind the last box of a chain: whoever should have answered did not. */
function unanswered(req: Request): void {
  throw new OpenCompatError('OC_CHAIN_ENDED', { middleware: (req.exchange as HttpExchange).box });
}

/** Requests that are not even HTTP get their error too, as JSON, from below Express. */
function answerClientError(error: NodeJS.ErrnoException, socket: import('node:stream').Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const isTimeout = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const reply = isTimeout
    ? new OpenCompatError('OC_REQUEST_TIMEOUT')
    : new OpenCompatError('OC_MALFORMED_HTTP', {}, { status: error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400 });
  const body = JSON.stringify(openAiErrorBody(reply.public));
  socket.end(
    `HTTP/1.1 ${reply.status} ${http.STATUS_CODES[reply.status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function listen(server: http.Server, port: number, host: string): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((error: NodeJS.ErrnoException) => {
    throw new OpenCompatError(
      'OC_CANNOT_LISTEN',
      { address: `${host}:${port}`, reason: describeListenError(error) },
      { cause: error },
    );
  });
  return server.address() as AddressInfo;
}

const listenErrors: Record<string, string> = {
  EADDRINUSE: 'another program listens there already',
  EACCES: 'this user may not; ports below 1024 are often reserved',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such name',
};

function describeListenError({ code, message }: NodeJS.ErrnoException): string {
  const words = listenErrors[code ?? ''];
  return words ? `${words} (${code})` : (code ?? message);
}

function urlOf({ address, port, family }: AddressInfo): string {
  const host =
    address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '[::1]' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}

function openResponseStore(config: Config, log: Logger, redis: RedisConnection | undefined): ResponseStore | undefined {
  if (config.responsesStore === 'off') return undefined;
  const directory = resolve(config.baseDir, config.responsesDir ?? join(config.dataDir, 'responses'));
  const maxBytes = config.responsesMaxBytes;
  const ttlMs = config.responsesTtl * 1000;
  const local = createResponseStore({
    maxEntries: config.responsesMaxEntries,
    maxBytes,
    ttlMs,
    ...(config.responsesStore === 'file' && !redis && { directory }),
    log,
  });
  return redis ? createSharedResponseStore({ redis, local, ttlMs, maxBytes, log }) : local;
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

  const state: ServerState = { isDraining: false };
  const scheduler = createScheduler({ log });
  const metrics = createMetrics();
  const routes = await importRoutes();
  const apis = apisOf(routes);
  const [arranged, plan] = await gatherFaults(
    arrangeChains(
      config,
      apis.map(({ name }) => name),
      options.plugins,
    ),
    planProviders(config, options.providers),
  );
  const redis = config.redis && (await openRedis(config.redis, log));
  const closers: (() => Promise<void>)[] = [async () => redis?.close()];
  async function closeParts(): Promise<void> {
    for (const close of closers.reverse()) await close();
  }
  /** A start that fails leaves nothing open. */
  async function orClose<T>(step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (error) {
      await closeParts();
      throw error;
    }
  }

  await redis?.settled();
  const providers = await orClose(openProviders({ config, log, scheduler, redis }, plan));
  closers.push(async () => {
    for (const provider of providers) await provider.close?.();
  });
  const responses = openResponseStore(config, log, redis);
  if (responses) closers.push(() => responses.close());
  const services = { config, log, metrics, providers, apis, redis, responses, availability: createAvailability() };
  const pluginFiles = new Map([...arranged.pluginFiles, ...plan.pluginFiles]);
  const pipeline = await orClose(createPipeline({ ...arranged, pluginFiles }, services));
  closers.push(pipeline.close);
  const live = new Set<HttpExchange>();
  const sockets = createResponseSockets({ config, log, server: () => server });
  const app = createApp(pipeline, { ...services, state, routes, sockets }, live);

  const server = http.createServer(
    {
      requestTimeout: config.requestTimeout * 1000,
      headersTimeout: config.headersTimeout * 1000,
      keepAliveTimeout: config.keepAliveTimeout * 1000,
      // How late a timeout may be noticed.
      connectionsCheckingInterval: Math.min(5_000, config.headersTimeout * 500),
    },
    app,
  );
  server.on('clientError', answerClientError);
  const upgraded = serveUpgrades(server, app);
  if (config.maxConnections > 0) server.maxConnections = config.maxConnections;
  const address = await orClose(listen(server, config.port, config.host));
  const url = urlOf(address);
  announce(log, url, address, config.apiKeys.length + config.clientKeys.length, providers);
  setImmediate(() => {
    scheduler.start();
    void pipeline.warmUp().then(letHeapGrow);
  });

  async function drain(): Promise<void> {
    state.isDraining = true;
    // Not HTTP's own, which closes idle connections at once.
    const closed = new Promise<void>((resolve) => net.Server.prototype.close.call(server, () => resolve()));
    sockets.drain();
    const lingerMs = Math.min(idleLingerMs, config.shutdownGrace * 1000);
    if (lingerMs === 0) server.closeIdleConnections();
    let sweep: NodeJS.Timeout | undefined;
    const linger = setTimeout(() => {
      server.closeIdleConnections();
      // A connection whose last answer has ended would otherwise be kept alive for the next request.
      sweep = setInterval(() => server.closeIdleConnections(), 100);
    }, lingerMs);
    if (live.size > 0) log.info('waiting for running requests', { requests: live.size, grace_s: config.shutdownGrace });
    const grace = setTimeout(() => {
      for (const exchange of live) exchange.abort(new OpenCompatError('OC_SHUTTING_DOWN'));
      // What does not end even then (a client that stopped reading) is cut.
      setTimeout(() => {
        sockets.close();
        upgraded.cut();
        server.closeAllConnections();
      }, 1000).unref();
    }, config.shutdownGrace * 1000);
    await closed;
    clearTimeout(linger);
    clearInterval(sweep);
    clearTimeout(grace);
  }

  let closing: Promise<void> | undefined;
  return {
    url,
    address,
    log,
    pluginBehind: pipeline.pluginBehind,
    close() {
      closing ??= (async () => {
        await scheduler.stop();
        await drain();
        await closeParts();
        log.info('stopped');
      })();
      return closing;
    },
  };
}

function announce(
  log: Logger,
  url: string,
  { address }: AddressInfo,
  keys: number,
  providers: readonly Provider[],
): void {
  const ready = providers.filter((provider) => provider.readiness().isReady).map(({ name }) => name);
  log.info(`OpenCompat ${version} is listening on ${url}`, {
    base_url: `${url}/v1`,
    providers: ready.join(', ') || 'none',
  });
  if (keys === 0 && !isLoopbackAddress(address)) {
    log.warn(
      'ANYONE WHO REACHES THIS MACHINE CAN USE THE SERVER: there are no client keys. Set `apiKeys` (OPENCOMPAT_API_KEYS), or listen on 127.0.0.1.',
      { listening_on: address },
    );
  }
  for (const provider of providers) {
    const { isReady, reason } = provider.readiness();
    if (!isReady && reason) log.info(`${provider.title}: ${reason}`);
  }
}

/** Starts a server that is the whole process: it ends in good order on SIGTERM and SIGINT, and outlives its plugins' slips. */
export async function startServer(loaded: LoadedConfig, options: ServerOptions = {}): Promise<RunningServer> {
  const server = await createServer(loaded, options);
  const { log } = server;

  async function stop(reason: string, exitCode: number): Promise<void> {
    log.info('stopping', { reason });
    await server.close();
    process.exit(exitCode);
  }

  // Whoever read the log may have gone (`opencompat | head`): its lines go nowhere then, and requests are served as before.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      // Asked twice, it goes at once.
      process.once(signal, () => process.exit(1));
      void stop(signal, 0);
    });
  }
  process.on('unhandledRejection', (error) => {
    log.error('a promise was rejected and nobody looked', { plugin: server.pluginBehind(error), error });
  });
  process.on('uncaughtException', (error) => {
    const plugin = server.pluginBehind(error);
    log.error('an error was thrown outside any request', { plugin, error });
    // A plugin's slip in a timer or an event costs nothing but itself; of our own state nothing is known after one.
    if (plugin === undefined) void stop('uncaught exception', 1);
  });
  return server;
}
