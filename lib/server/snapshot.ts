/**
 * A snapshot: everything that follows from one configuration, from the chains to the application. A request keeps the snapshot
 * that it began with, so that a reload cannot change anything under it.
 */
import type { Express } from 'express';
import type { ClientApi } from '../apis/api.ts';
import type { HttpExchange } from '../chain/exchange.ts';
import { createPipeline, type Pipeline, type SharedServices } from '../chain/pipeline.ts';
import { type ChainPlan, type PluginEntry, planChains } from '../chain/plan.ts';
import type { LoadedConfig } from '../config/load.ts';
import { withLocatedFaults } from '../config/located-faults.ts';
import { configSchema } from '../config/schema.ts';
import { fingerprint } from '../fingerprint.ts';
import { hashOfFile } from '../hash-of-file.ts';
import type { Logger } from '../log.ts';
import { gatherFaults } from '../options/faults.ts';
import { namedFiles } from '../options/named-files.ts';
import { builtInOrigin, pluginFiles } from '../plugin-imports.ts';
import { openProviders } from '../providers/open-providers.ts';
import { type GivenProvider, type ProviderPlan, planProviders } from '../providers/plan.ts';
import { Reserves, withReserves } from '../quota/reserves.ts';
import { createPriceList } from '../usage/prices.ts';
import { createApp } from './app.ts';
import type { LastingParts } from './lasting-parts.ts';
import { type RouteServices, withPluginRoutes } from './route.ts';

/** Parts given in code, in addition to the configuration. */
export interface GivenParts {
  /** Plugins besides those of the configuration. */
  plugins?: readonly PluginEntry[];
  /** Providers before those of the configuration. */
  providers?: readonly GivenProvider[];
}

/** What a configuration asks for, before any of it is opened: its plugins have been loaded, its options checked. */
export interface SnapshotPlan {
  readonly loaded: LoadedConfig;
  readonly chains: ChainPlan;
  readonly providers: ProviderPlan;
  /** What counts beside the values, each with a text that differs when it does: files that they name, and plugins. */
  readonly texts: Readonly<Record<string, string | undefined>>;
}

export interface Snapshot {
  readonly plan: SnapshotPlan;
  readonly services: SharedServices;
  readonly app: Express;
  /** The exchanges that run on it. */
  readonly live: ReadonlySet<HttpExchange>;
  /** Runs the work that the boxes have put off until the server listens. */
  warmUp(): Promise<void>;
  /** Closes what no other snapshot uses. */
  close(): Promise<void>;
  /** The same when its last exchange has ended: no new one will begin. */
  retire(): Promise<void>;
}

/** @throws ConfigError with every fault of chains and providers, each with its line */
export async function planSnapshot(
  loaded: LoadedConfig,
  apis: readonly ClientApi[],
  given: GivenParts,
): Promise<SnapshotPlan> {
  const { config } = loaded;
  const names = apis.map(({ name }) => name);
  const [chains, providers] = await withLocatedFaults(loaded, () =>
    gatherFaults(planChains(config, names, given.plugins), planProviders(config, given.providers)),
  );
  const files = namedFiles(configSchema.properties, config).map((path) => [path, hashOfFile(path)]);
  const plugins = [...chains.chains.values()]
    .flat()
    .map(({ origin, middleware: { create } }) => ({ origin, create }))
    .concat(providers.providers.map(({ origin, definition: { create } }) => ({ origin, create })) as never)
    .filter(({ origin }) => origin !== builtInOrigin)
    .map(({ origin, create }) => [`plugin ${origin}`, fingerprint(create)]);
  return { loaded, chains, providers, texts: Object.fromEntries([...files, ...plugins]) };
}

/** The files that a plan was made from. */
export function filesOf({ loaded }: SnapshotPlan): string[] {
  return [...loaded.files, ...namedFiles(configSchema.properties, loaded.config), ...pluginFiles()];
}

/**
 * Opens what a plan asks for. A failure closes what it has opened.
 * @param routeServices what the routes are given besides
 * @throws ConfigError for what cannot be created
 */
export async function openSnapshot(
  plan: SnapshotPlan,
  parts: LastingParts,
  routeServices: Omit<RouteServices, keyof SharedServices | 'routes' | 'recordings'>,
): Promise<Snapshot> {
  const { loaded } = plan;
  const { config } = loaded;
  const { log, metrics, quotas, redis, responses, ledger, usage, clientState, keyCounts, apis, scheduler } = parts;
  const reserves = new Reserves(config.providers, quotas);
  const availability = withReserves(parts.availability, reserves);
  const lasting = parts.lasting.fork();
  try {
    const known = { availability, quotas, usage };
    const own = { config, log, scheduler, metrics, redis, lasting, clientState };
    const providers = await openProviders({ ...own, ...known }, plan.providers);
    const keyCharging = { counts: keyCounts, costOf: createPriceList(config.prices) };
    const shared = { ...own, ...known, apis, responses, ledger, keyCharging, reserves };
    const services = { ...shared, providers };
    const pipeline = await withLocatedFaults(loaded, () => createPipeline(plan.chains, services));
    tellRoutes(pipeline.routes, log);
    const routes = withPluginRoutes(parts.routes, pipeline.routes);
    const live = new LiveExchanges();
    const app = createApp(pipeline, { ...services, ...routeServices, routes, recordings: parts.recordings }, live);
    const close = async () => {
      await pipeline.close();
      await lasting.close();
    };
    return {
      plan,
      services,
      app,
      live,
      warmUp: () => pipeline.warmUp(),
      close,
      async retire() {
        await live.empty();
        await close();
      },
    };
  } catch (error) {
    await lasting.close();
    throw error;
  }
}

function tellRoutes(placed: Pipeline['routes'], log: Logger): void {
  for (const { method, path, guard } of placed) {
    log.info('a plugin serves a path of its own', { path: `${method.toUpperCase()} ${path}`, guard });
  }
}

/** The exchanges of a snapshot, from their beginning to their end. */
class LiveExchanges extends Set<HttpExchange> {
  #onEmpty: (() => void) | undefined;

  override delete(exchange: HttpExchange): boolean {
    const isKnown = super.delete(exchange);
    if (this.size === 0) this.#onEmpty?.();
    return isKnown;
  }

  /** Resolves when there is none, and what listens to the end of the last one has been called. */
  async empty(): Promise<void> {
    if (this.size > 0)
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    await new Promise(setImmediate);
  }
}
