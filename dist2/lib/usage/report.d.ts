/** Adds up the ledger for people and programs: by key, model, day or provider. */
import type { RedisConnection } from '../storage/redis.ts';
import { summedColumns } from './ledger-schema.ts';
export type Grouping = 'day' | 'key' | 'model' | 'provider';
/** Sums of the requests of one name. Tokens, credits as the provider counts them, `cost` in USD. */
export type UsageSum = {
    readonly name: string;
} & Readonly<Record<(typeof summedColumns)[number], number>>;
export interface UsageSources {
    /** The ledger's file. */
    readonly path: string;
    /** Where several servers add up together. */
    readonly redis: RedisConnection | undefined;
    /** For how long Redis keeps a day. */
    readonly maxDays: number;
}
/**
 * What one server's file tells.
 * @param sinceDay the first day that counts, `2026-11-29`
 * @returns days in their order, all else with the costliest first; nothing where there is no ledger yet
 * @throws Error for a file that is no ledger, or cannot be read
 */
export declare function sumUsage(path: string, by: Grouping, sinceDay: string): UsageSum[];
/**
 * What all servers tell: with Redis, a day has their sums; a day of which Redis knows nothing has those of the file.
 * @returns as `sumUsage`
 * @throws Error for a file that is no ledger, or cannot be read
 */
export declare function sumUsageOfAll({ path, redis, maxDays }: UsageSources, by: Grouping, sinceDay: string): Promise<UsageSum[]>;
