/** Counts requests: in memory, and in Redis where several servers count together. */
import { type ClientRateLimitInfo, type Options, type Store } from 'express-rate-limit';
import type { RedisConnection } from '../storage/redis.ts';
/**
 * Counts in both, so that while Redis is away each server goes on with its own counts.
 */
export declare class SharedRateLimitStore implements Store {
    #private;
    constructor(redis: RedisConnection);
    init(options: Options): void;
    increment(key: string): Promise<ClientRateLimitInfo>;
    decrement(key: string): Promise<void>;
    resetKey(key: string): Promise<void>;
    shutdown(): void;
}
