/** The parts that a server has for as long as it runs, whatever its configuration becomes. */
import { join, resolve } from 'node:path';
import type { ClientApi } from '../apis/api.ts';
import type { Config } from '../config/schema.ts';
import { createResponseStore, type ResponseStore } from '../kept/response-store.ts';
import { createSharedResponseStore } from '../kept/shared-response-store.ts';
import { type LastingScope, openLasting } from '../lasting.ts';
import type { Logger } from '../log.ts';
import { createMetrics, type Metrics } from '../metrics.ts';
import { type Availability, createAvailability } from '../models/availability.ts';
import { QuotaBook } from '../quota/quota-book.ts';
import { Recordings } from '../recorder/recordings.ts';
import { createScheduler, type Scheduler } from '../scheduler.ts';
import { createPluginStates, type PluginStates } from '../storage/plugin-state.ts';
import { openRedis, type RedisConnection } from '../storage/redis.ts';
import { createLedger, type Ledger, ledgerPathOf } from '../usage/ledger.ts';
import { countNothing, type LimitCounts, LocalCounts } from '../usage/limit-counts.ts';
import { createPriceList } from '../usage/prices.ts';
import { SharedCounts } from '../usage/shared-counts.ts';
import { SharedSums } from '../usage/shared-sums.ts';
import { createUsageReader, type UsageReader } from '../usage/usage-reader.ts';
import { apisOf } from './built-in-routes.ts';
import type { Route } from './route.ts';

export interface LastingParts {
  readonly log: Logger;
  readonly routes: readonly Route[];
  readonly apis: readonly ClientApi[];
  readonly metrics: Metrics;
  readonly availability: Availability;
  readonly quotas: QuotaBook;
  readonly redis: RedisConnection | undefined;
  readonly responses: ResponseStore | undefined;
  readonly ledger: Ledger | undefined;
  readonly recordings: Recordings;
  /** Reads the ledger; undefined when the server keeps none. */
  readonly usage: UsageReader | undefined;
  /** What plugins remember. */
  readonly clientState: PluginStates;
  /** What client keys have used of their limits. */
  readonly keyCounts: LimitCounts;
  /** Not yet started. */
  readonly scheduler: Scheduler;
  /** Where the parts of one configuration are handed on to the next. */
  readonly lasting: LastingScope;
  close(): Promise<void>;
}

/** @param config the first one: what it says of Redis and of kept answers holds until a restart */
export async function openLastingParts(config: Config, log: Logger, routes: readonly Route[]): Promise<LastingParts> {
  const redis = config.redis && (await openRedis(config.redis, log));
  await redis?.settled();
  const responses = openResponseStore(config, log, redis);
  const recordings = openRecordings(config, log);
  const ledger = openLedger(config, log, redis);
  const clientState = createPluginStates({
    path: join(config.dataDir, 'plugin-state.json'),
    maxEntries: config.pluginStateMaxEntries,
    maxBytes: config.pluginStateMaxBytes,
    redis,
    log,
  });
  const quotas = new QuotaBook({ dataDir: config.dataDir, log, redis });
  const ownCounts = new LocalCounts(ledger?.usedIn ?? countNothing);
  return {
    log,
    routes,
    apis: apisOf(routes),
    metrics: createMetrics(),
    availability: createAvailability(),
    quotas,
    redis,
    responses,
    ledger,
    recordings,
    usage: ledger && createUsageReader(ledgerPathOf(config)),
    clientState,
    keyCounts: redis ? new SharedCounts(redis, ownCounts) : ownCounts,
    scheduler: createScheduler({ log }),
    lasting: openLasting(log),
    async close() {
      await ledger?.close();
      await recordings.close();
      await clientState.close();
      await quotas.close();
      await responses?.close();
      redis?.close();
    },
  };
}

function openRecordings(config: Config, log: Logger): Recordings {
  return new Recordings({
    dataDir: config.dataDir,
    log,
    maxBytes: config.recordMaxBytes,
    maxMemoryBytes: config.recordMaxMemoryBytes,
    maxFiles: config.recordMaxFiles,
    maxDays: config.recordMaxDays,
    keepsFiles: config.recordFiles,
  });
}

function openLedger(config: Config, log: Logger, redis: RedisConnection | undefined): Ledger | undefined {
  if (config.usageStore === 'off') return undefined;
  const { usageMaxRows: maxRows, usageMaxDays: maxDays, usageMaxSums: maxSums } = config;
  return createLedger({
    path: ledgerPathOf(config),
    limits: { maxRows, maxDays, maxSums },
    costOf: createPriceList(config.prices),
    log,
    shared: redis && new SharedSums({ redis, log, maxSums, maxDays }),
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
