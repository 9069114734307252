/** The quota of all providers, as far as their answers and their usage endpoints have told. */
import type { Quota } from '../canonical/quota.ts';
import type { Logger } from '../log.ts';
import type { Provider } from '../providers/provider.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { type KnownQuota, type KnownWindow } from './known-quota.ts';
export interface OpenQuota extends Pick<KnownQuota, 'planType' | 'credits' | 'seenAtMs'> {
    readonly windows: readonly KnownWindow[];
}
export interface QuotaBookOptions {
    dataDir: string;
    log: Logger;
    redis?: RedisConnection | undefined;
    /** Unix milliseconds. */
    now?: () => number;
}
export declare class QuotaBook {
    #private;
    constructor({ dataDir, log, redis, now }: QuotaBookOptions);
    /** @param isWhole it tells all windows that there are */
    note(name: string, quota: Quota, isWhole?: boolean): void;
    /** What is known of a provider's quota now; undefined where it tells nothing. */
    of(name: string): OpenQuota | undefined;
    /** Do several servers know it together? */
    get isShared(): boolean;
    /** Learns what other servers have been told. Never rejects. */
    learn(names: readonly string[]): Promise<void>;
    /**
     * Asks the providers that can tell their quota, unless they have told it lately. Never rejects, and ends within seconds.
     * @param maxAgeMs how old what is known may be
     */
    look(providers: readonly Provider[], maxAgeMs: number): Promise<void>;
    /** Forgets what is known of a provider, which a reload has changed. */
    forget(name: string): void;
    close(): Promise<void>;
}
