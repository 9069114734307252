/** What requests cost, by the configured prices. */
import type { Config } from '../config/schema.ts';
import type { Used } from './usage-row.ts';
/** What a model's use costs, in USD. */
export type CostOf = (provider: string | undefined, model: string | undefined, used: Used) => number;
export declare function createPriceList(prices: Config['prices']): CostOf;
