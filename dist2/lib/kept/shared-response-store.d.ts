import type { Logger } from '../log.ts';
import type { RedisConnection } from '../storage/redis.ts';
import type { ResponseStore } from './response-store.ts';
export interface SharedResponseStoreOptions {
    redis: RedisConnection;
    /** Keeps what Redis does not take: while it is away, and what is too large for it. */
    local: ResponseStore;
    /** Time after its last use for which an answer is kept. */
    ttlMs: number;
    /** Most answers of one owner. */
    maxEntries: number;
    /** Of one answer, and of all answers of one owner, as JSON text, in UTF-16 units. */
    maxBytes: number;
    log: Logger;
}
export declare function createSharedResponseStore(options: SharedResponseStoreOptions): ResponseStore;
