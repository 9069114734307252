/** What requests cost, by the configured prices. */
import type { Config } from '../config/schema.ts';
import { longestFit } from '../name-pattern.ts';
import type { Used } from './usage-row.ts';

type Price = Config['prices'][string];

/** Of one of Copilot's AI credits (https://docs.github.com/en/copilot/concepts/billing, June 2026). */
const usdPerCredit = 0.01;
const tokensPerPrice = 1_000_000;
/** Models whose price is remembered; the others are looked up each time. */
const maxKnown = 1_000;

/** What a model's use costs, in USD. */
export type CostOf = (provider: string | undefined, model: string | undefined, used: Used) => number;

export function createPriceList(prices: Config['prices']): CostOf {
  const patterns = Object.keys(prices);
  const known = new Map<string, Price | undefined>();

  function priceOf(provider: string, model: string): Price | undefined {
    const name = `${provider}/${model}`;
    if (known.has(name)) return known.get(name);
    const pattern = longestFit(name, patterns) ?? longestFit(model, patterns);
    const price = pattern === undefined ? undefined : prices[pattern];
    if (known.size < maxKnown) known.set(name, price);
    return price;
  }

  return (provider, model, used) => {
    const price =
      patterns.length > 0 && provider !== undefined && model !== undefined ? priceOf(provider, model) : undefined;
    if (!price) return used.credits * usdPerCredit;
    const { input, cached = input, output } = price;
    const fresh = Math.max(0, used.inputTokens - used.cachedTokens);
    return (fresh * input + used.cachedTokens * cached + used.outputTokens * output) / tokensPerPrice;
  };
}
