/** The server: its listening socket, its life and its graceful shutdown. */

import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { credentialFileName } from '../auth/credential-store.ts';
import { findLoosePermissions } from '../auth/file-permissions.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { createKeyCheck } from '../key-check.ts';
import { createLogger, type Logger, type LogStyle } from '../log.ts';
import { isLoopbackAddress } from '../origins.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { keyFilePathOf } from '../usage/key-file.ts';
import { createPriceList } from '../usage/prices.ts';
import { version } from '../version.ts';
import { BackgroundAnswers, type BackgroundAnswersOptions } from './background.ts';
import { apisOf, importRoutes } from './built-in-routes.ts';
import type { ReloadReport } from './config-state.ts';
import { createDrain } from './drain.ts';
import { createHttpServer, limitServer } from './http-server.ts';
import { type LastingParts, openLastingParts } from './lasting-parts.ts';
import { listen, urlOf } from './listen.ts';
import { Reloader } from './reload.ts';
import { ResumableStreams, type ResumableStreamsOptions } from './resumable.ts';
import type { RouteServices, ServerState } from './route.ts';
import { filesOf, type GivenParts, openSnapshot, planSnapshot, type Snapshot, type SnapshotPlan } from './snapshot.ts';
import { Snapshots } from './snapshots.ts';
import { createResponseSockets, type ResponseSocketsOptions } from './sockets.ts';

export interface ServerOptions extends GivenParts {
  /** Where log lines go. Default: standard output. */
  logStream?: NodeJS.WritableStream;
  /** Reads the configuration anew, for a reload. Default: there is nothing to be read. */
  load?: () => LoadedConfig | Promise<LoadedConfig>;
  /** Opens what is the operator's alone. Default: nobody may. */
  operatorKey?: string;
  /** Does it do the work of servers between requests: renew tokens and lists, look for changed files? Default: true. */
  doesOwnWork?: boolean;
  /** Called before the log says where the server listens. Never rejects. */
  onListening?(url: string, log: Logger): Promise<void>;
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
  /** Takes up a changed configuration. Never rejects. @param reason for the log */
  reload(reason: string): Promise<ReloadReport>;
  /** Takes no new connections, lets running exchanges finish within `shutdownGrace`, then ends them with an error. */
  close(): Promise<void>;
}

/** From listening to the work that can wait, in milliseconds: whoever waits for the server (a health check) is answered first. */
const settleMs = 100;

/** Starts a server. Everything it opens is closed by `close()`. */
export async function createServer(loaded: LoadedConfig, options: ServerOptions = {}): Promise<RunningServer> {
  const { config } = loaded;
  const log = createLogger({ ...styleOf(config), stream: options.logStream ?? process.stdout });
  const tellWarnings = createTeller(log);
  tellWarnings([...loaded.warnings, ...(await findLoosePermissions(join(config.dataDir, credentialFileName)))]);

  const routes = await importRoutes();
  const plan = (next: LoadedConfig) => planSnapshot(next, apisOf(routes), options);
  const firstPlan = await plan(loaded);
  const parts = await openLastingParts(config, log, routes);
  const state: ServerState = { isDraining: false };
  const isOperator = createKeyCheck(options.operatorKey);
  const carriers = openCarriers({ config: () => snapshots.config, log, server: () => http.server, redis: parts.redis });
  const reloads = new Reloader({
    load: options.load ?? (() => loaded),
    plan,
    open,
    current: () => snapshots.current,
    take,
    files: () => (options.load && snapshots.config.watch ? filesOf(snapshots.current.plan) : []),
    log,
  });
  const snapshots = new Snapshots(await open(firstPlan).catch(closeAfter(parts)), parts);
  const http = createHttpServer(snapshots, parts);
  const drain = createDrain({ ...http, snapshots, log, state, ...carriers });
  const address = await listen(http.server, config.port, config.host).catch(closeAfter(snapshots, parts));
  await options.onListening?.(urlOf(address), log);
  announce(address, snapshots.current.services);
  const settling = options.doesOwnWork === false ? undefined : beginWork(parts, snapshots, reloads);

  function open(next: SnapshotPlan): Promise<Snapshot> {
    return openSnapshot(next, parts, { state, ...carriers, reloads, isOperator, ...lookAt(() => snapshots) });
  }

  function take(next: Snapshot): void {
    const { config: taken } = next.services;
    log.restyle(styleOf(taken));
    limitServer(http.server, taken);
    parts.ledger?.price(createPriceList(taken.prices));
    snapshots.take(next);
    tellWarnings(next.plan.loaded.warnings);
    warnOfOpenServer(address, taken, log);
  }

  let closing: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    clearTimeout(settling);
    // Stops listening at once, even during a refresh.
    await Promise.all([drain(), parts.scheduler.stop(), reloads.close()]);
    await snapshots.close();
    await parts.close();
    log.info('stopped');
  }
  return {
    url: urlOf(address),
    address,
    log,
    outlive: (error) => http.boundary.failBehind(error) || !http.report(error),
    reload: (reason) => reloads.reload(reason),
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** @returns the timer of the work that can wait */
function beginWork({ scheduler }: LastingParts, snapshots: Snapshots, reloads: Reloader): NodeJS.Timeout {
  snapshots.watchAliases();
  setImmediate(() => reloads.watch());
  return setTimeout(() => Promise.all([scheduler.start(), snapshots.current.warmUp()]), settleMs);
}

type CarrierOptions = ResponseSocketsOptions & ResumableStreamsOptions & BackgroundAnswersOptions;

/** What has requests of its own on connections inside the process. */
function openCarriers({ redis, ...given }: Omit<CarrierOptions, 'shared'> & { redis: RedisConnection | undefined }) {
  const { config } = given;
  const shared =
    redis && import('./shared-streams.ts').then(({ SharedStreams }) => new SharedStreams({ redis, config }));
  const options: CarrierOptions = { ...given, shared };
  return {
    sockets: createResponseSockets(options),
    resumable: new ResumableStreams(options),
    background: new BackgroundAnswers(options),
  };
}

/** What the routes are told of the moment. */
function lookAt(snapshots: () => Snapshots): Pick<RouteServices, 'running' | 'currentConfig'> {
  return { running: () => snapshots().live(), currentConfig: () => snapshots().config };
}

/** For a start that fails: closes what has been opened, the first given first. */
function closeAfter(...opened: { close(): Promise<void> }[]): (error: unknown) => Promise<never> {
  return async (error) => {
    for (const part of opened) await part.close();
    throw error;
  };
}

function styleOf({ verbose, logLevel, logFormat }: Config): LogStyle {
  return { level: verbose ? 'debug' : logLevel, format: logFormat };
}

/** Logs each warning once, however often the configuration is loaded. */
function createTeller(log: Logger): (warnings: readonly string[]) => void {
  const told = new Set<string>();
  return (warnings) => {
    for (const warning of warnings) if (!told.has(warning)) log.warn(warning);
    for (const warning of warnings) told.add(warning);
  };
}

function announce(address: AddressInfo, { config, log, providers }: Snapshot['services']): void {
  const url = urlOf(address);
  const ready = providers.filter((provider) => provider.readiness().isReady).map(({ name }) => name);
  log.info(`OpenCompat ${version} is listening on ${url}`, {
    base_url: `${url}/v1`,
    providers: ready.join(', ') || 'none',
  });
  for (const provider of providers) {
    const { isReady, reason } = provider.readiness();
    if (!isReady && reason) log.info(`${provider.title}: ${reason}`);
  }
  warnOfOpenServer(address, config, log);
}

function warnOfOpenServer({ address }: AddressInfo, { apiKeys, clientKeys, dataDir }: Config, log: Logger): void {
  if (apiKeys.length + clientKeys.length > 0 || isLoopbackAddress(address) || existsSync(keyFilePathOf(dataDir)))
    return;
  log.warn(
    'ANYONE WHO REACHES THIS MACHINE CAN USE THE SERVER: it has no client keys. Make one with `opencompat keys add`, set `apiKeys` (OPENCOMPAT_API_KEYS), or listen on 127.0.0.1.',
    { listening_on: address },
  );
}
