import type { Logger } from '../log.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { type KnownQuota } from './known-quota.ts';
/** By the provider's name. */
export type QuotaByProvider = ReadonlyMap<string, KnownQuota>;
export interface QuotaStore {
    /** What others have kept of these providers. Never rejects. */
    read(names: readonly string[]): Promise<QuotaByProvider>;
    /** Keeps the quota of a provider that has changed, now or soon. Undefined: forgets it. */
    write(name: string, quota: KnownQuota | undefined): void;
    close(): Promise<void>;
}
export declare function quotaPathOf(dataDir: string): string;
/** What a file holds; nothing of one that cannot be read. Never throws. */
export declare function readQuotaFile(path: string): Map<string, KnownQuota>;
export declare class QuotaFile implements QuotaStore {
    #private;
    constructor(path: string, log: Pick<Logger, 'warn'>);
    /** What was there at the start. */
    get kept(): QuotaByProvider;
    /** Nobody else writes the file. */
    read(): Promise<QuotaByProvider>;
    write(name: string, quota: KnownQuota | undefined): void;
    close(): Promise<void>;
}
export declare class SharedQuota implements QuotaStore {
    #private;
    constructor(redis: RedisConnection);
    read(names: readonly string[]): Promise<QuotaByProvider>;
    write(name: string, quota: KnownQuota | undefined): void;
    close(): Promise<void>;
}
