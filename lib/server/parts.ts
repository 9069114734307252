/** The parts of a server besides its socket: providers, stores, the chains. Opened in order, closed in reverse. */
import { join, resolve } from 'node:path';
import { createPipeline, type Pipeline, type SharedServices } from '../chain/pipeline.ts';
import { type PluginEntry, planChains } from '../chain/plan.ts';
import type { Config } from '../config/schema.ts';
import { createResponseStore, type ResponseStore } from '../kept/response-store.ts';
import { createSharedResponseStore } from '../kept/shared-response-store.ts';
import type { Logger } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { createAvailability } from '../models/availability.ts';
import { gatherFaults } from '../options/faults.ts';
import { openProviders } from '../providers/open-providers.ts';
import { type GivenProvider, planProviders } from '../providers/plan.ts';
import { createScheduler, type Scheduler } from '../scheduler.ts';
import { openRedis, type RedisConnection } from '../storage/redis.ts';
import { createLedger, type Ledger, ledgerPathOf } from '../usage/ledger.ts';
import { countNothing, LocalCounts } from '../usage/limit-counts.ts';
import { type CostOf, createPriceList } from '../usage/prices.ts';
import { apisOf, importRoutes } from './built-in-routes.ts';
import type { Route } from './route.ts';

export interface ServerParts {
  readonly services: SharedServices;
  readonly routes: readonly Route[];
  /** Not yet started. */
  readonly scheduler: Scheduler;
  readonly pipeline: Pipeline;
  /** Closes all parts, the last first. */
  close(): Promise<void>;
}

/** Parts given in code, in addition to the configuration. */
export interface GivenParts {
  /** Plugins besides those of the configuration. */
  plugins?: readonly PluginEntry[];
  /** Providers before those of the configuration. */
  providers?: readonly GivenProvider[];
}

/**
 * A failed start closes what it has opened.
 * @throws ConfigError with every fault of chains and providers; the errors of opening them
 */
export async function openParts(config: Config, log: Logger, given: GivenParts): Promise<ServerParts> {
  const routes = await importRoutes();
  const apis = apisOf(routes);
  const names = apis.map(({ name }) => name);
  const [chainPlan, providerPlan] = await gatherFaults(
    planChains(config, names, given.plugins),
    planProviders(config, given.providers),
  );
  const closers: (() => Promise<void>)[] = [];
  async function close(): Promise<void> {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  }

  try {
    const scheduler = createScheduler({ log });
    const redis = config.redis && (await openRedis(config.redis, log));
    closers.push(async () => redis?.close());
    await redis?.settled();
    const providers = await openProviders({ config, log, scheduler, redis }, providerPlan);
    closers.push(async () => {
      for (const provider of providers) await provider.close?.();
    });
    const responses = openResponseStore(config, log, redis);
    if (responses) closers.push(() => responses.close());
    const costOf = createPriceList(config.prices);
    const ledger = openLedger(config, log, costOf);
    if (ledger) closers.push(() => ledger.close());
    const services = {
      config,
      log,
      metrics: createMetrics(),
      providers,
      apis,
      redis,
      ledger,
      keyCharging: { costOf, counts: new LocalCounts(ledger?.usedIn ?? countNothing) },
      responses,
      availability: createAvailability(),
    };
    const pluginFiles = new Map([...chainPlan.pluginFiles, ...providerPlan.pluginFiles]);
    const pipeline = await createPipeline({ ...chainPlan, pluginFiles }, services);
    closers.push(pipeline.close);
    return { services, routes, scheduler, pipeline, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openLedger(config: Config, log: Logger, costOf: CostOf): Ledger | undefined {
  if (config.usageStore === 'off') return undefined;
  const { usageMaxRows: maxRows, usageMaxDays: maxDays, usageMaxSums: maxSums } = config;
  return createLedger({
    path: ledgerPathOf(config),
    limits: { maxRows, maxDays, maxSums },
    costOf,
    log,
  });
}

function openResponseStore(config: Config, log: Logger, redis: RedisConnection | undefined): ResponseStore | undefined {
  if (config.responsesStore === 'off') return undefined;
  const directory = resolve(config.baseDir, config.responsesDir ?? join(config.dataDir, 'responses'));
  const { responsesMaxBytes: maxBytes, responsesMaxEntries: maxEntries } = config;
  const ttlMs = config.responsesTtl * 1000;
  const local = createResponseStore({
    maxEntries,
    maxBytes,
    ttlMs,
    ...(config.responsesStore === 'file' && !redis && { directory }),
    log,
  });
  return redis ? createSharedResponseStore({ redis, local, ttlMs, maxEntries, maxBytes, log }) : local;
}
