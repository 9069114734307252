/**
 * What each client key keeps in Redis, so that nobody's answers fill it and push others' out: an index for each owner, sorted by
 * the last use. An entry names the answer and its items by hashes.
 */
import type { RedisConnection } from '../storage/redis.ts';
/** One kept answer: all names are hashes. */
export interface KeptEntry {
    /** Of the answer's key. */
    hash: string;
    /** Of the keys of its items. */
    itemHashes: readonly string[];
    /** Size as JSON text, in UTF-16 units. */
    size: number;
}
export interface SharedQuotaOptions {
    redis: RedisConnection;
    /** Of one owner. */
    maxEntries: number;
    /** Of all entries of one owner. */
    maxBytes: number;
    ttlMs: number;
    now?: () => number;
}
export declare class SharedQuota {
    #private;
    constructor(options: SharedQuotaOptions);
    /** Notes a new entry. @returns the hashes of the entries that have to go for it, and of their items */
    add(owner: string, entry: KeptEntry): Promise<Omit<KeptEntry, 'size'>[]>;
    /** Notes that an entry was used. */
    use(owner: string, entry: KeptEntry): Promise<void>;
    remove(owner: string, entry: KeptEntry): Promise<void>;
}
