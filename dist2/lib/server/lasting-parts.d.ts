import type { ClientApi } from '../apis/api.ts';
import type { Config } from '../config/schema.ts';
import { type ResponseStore } from '../kept/response-store.ts';
import { type LastingScope } from '../lasting.ts';
import type { Logger } from '../log.ts';
import { type Metrics } from '../metrics.ts';
import { type Availability } from '../models/availability.ts';
import { QuotaBook } from '../quota/quota-book.ts';
import { Recordings } from '../recorder/recordings.ts';
import { type Scheduler } from '../scheduler.ts';
import { type PluginStates } from '../storage/plugin-state.ts';
import { type RedisConnection } from '../storage/redis.ts';
import { type Ledger } from '../usage/ledger.ts';
import { type LimitCounts } from '../usage/limit-counts.ts';
import { type UsageReader } from '../usage/usage-reader.ts';
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
export declare function openLastingParts(config: Config, log: Logger, routes: readonly Route[]): Promise<LastingParts>;
