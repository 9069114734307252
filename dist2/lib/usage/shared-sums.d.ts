import type { Logger } from '../log.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { type DaySum } from './day-sums.ts';
import type { PricedRow } from './usage-row.ts';
export interface SharedSumsOptions {
    redis: RedisConnection;
    log: Logger;
    /** Of one day: `usageMaxSums`. */
    maxSums: number;
    /** For how long a day is kept: `usageMaxDays`. */
    maxDays: number;
    /** Between two writes, in milliseconds. Default: a second. */
    intervalMs?: number;
}
export declare class SharedSums {
    #private;
    constructor(options: SharedSumsOptions);
    /** Takes the row of a request that has ended. Never throws. */
    add(row: PricedRow): void;
    /** Writes what waits, as far as Redis takes it. */
    close(): Promise<void>;
}
/**
 * The sums of all servers since a day, by their days; without the days of which Redis knows nothing.
 * @param maxDays for how long Redis keeps a day
 * @throws Error while Redis is away
 */
export declare function readSharedSums(redis: RedisConnection, sinceDay: string, maxDays: number): Promise<ReadonlyMap<string, readonly DaySum[]>>;
