import type { Config } from './schema.ts';
/**
 * The new configuration as it can be taken up now: keys that only a start reads keep their old values.
 * @returns also those of them that have new ones
 */
export declare function holdBack(before: Config, after: Config): {
    config: Config;
    waiting: string[];
};
/** The keys with other values, as in `rateLimit`; of a map its entries, as in `aliases.fast added`. */
export declare function describeChanges(before: Config, after: Config): string[];
