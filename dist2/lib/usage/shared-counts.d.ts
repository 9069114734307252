/** Counts client keys' use in Redis, where several servers count together: each step is one script, so that it is exact. */
import type { RedisConnection } from '../storage/redis.ts';
import type { LimitCounts, LocalCounts, OpenLimit, Taken } from './limit-counts.ts';
import { type Amounts } from './windows.ts';
/** While Redis is away each server goes on with what it knows. */
export declare class SharedCounts implements LimitCounts {
    #private;
    constructor(redis: RedisConnection, local: LocalCounts);
    take(clientId: string, limits: readonly OpenLimit[], amounts: Amounts): Promise<Taken>;
    correct(clientId: string, limits: readonly OpenLimit[], difference: Amounts): void;
}
