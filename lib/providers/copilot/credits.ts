import type { CanonicalUsage } from '../../canonical/types.ts';
import { asObject, type Json } from '../../lenient-json.ts';

/** An AI credit is 0.01 USD. */
const nanoAiuPerCredit = 1_000_000_000;

/**
 * The AI credits of an answer, which its last event tells (seen since June 2026, when the billing of premium requests ended);
 * undefined for other events.
 */
export function readCredits({ copilot_usage }: Readonly<Record<string, unknown>>): number | undefined {
  const total = asObject(copilot_usage)?.total_nano_aiu;
  return typeof total === 'number' && Number.isFinite(total) && total >= 0 ? total / nanoAiuPerCredit : undefined;
}

/** What a million tokens of a model cost, in AI credits. */
export interface CreditPrices {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/** `long` holds for prompts of more tokens than `longFrom`. */
export interface ModelPrices {
  readonly usual: CreditPrices;
  readonly long?: CreditPrices;
  readonly longFrom?: number;
}

const tokensPerPrice = 1_000_000;

/**
 * From `billing.token_prices` of a model's entry. Since 2026-06-01 they stand under `default` and `long_context`; 2026-08-01 calls
 * `cache_price` `cache_read_price`. `auto_discount` is for models that Copilot itself picks, which nobody here asks for.
 */
export function readPrices(billing: unknown): ModelPrices | undefined {
  const told = asObject(asObject(billing)?.token_prices) ?? {};
  const usualRow = asObject(told.default) ?? told;
  const usual = toPrices(usualRow);
  if (!usual) return undefined;
  const long = toPrices(asObject(told.long_context) ?? {});
  const longFrom = toPrice(usualRow.context_max);
  return { usual, ...(long && longFrom && { long, longFrom }) };
}

function toPrices(row: Json): CreditPrices | undefined {
  const size = toPrice(row.batch_size) || tokensPerPrice;
  const of = (price: unknown) => {
    const told = toPrice(price);
    return told === undefined ? undefined : (told / size) * tokensPerPrice;
  };
  const [input, output] = [of(row.input_price), of(row.output_price)];
  if (input === undefined || output === undefined) return undefined;
  const cached = of(row.cache_read_price ?? row.cache_price) ?? input;
  return { input, cached, cacheWrite: of(row.cache_write_price) ?? input, output };
}

function toPrice(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** What an answer cost that does not tell it. */
export function estimateCredits({ usual, long, longFrom = 0 }: ModelPrices, usage: CanonicalUsage): number {
  const { input_tokens: input, input_tokens_details: details, output_tokens: output } = usage;
  const prices = long && input > longFrom ? long : usual;
  const cached = details?.cached_tokens ?? 0;
  const written = details?.cache_write_tokens ?? 0;
  const fresh = Math.max(0, input - cached - written);
  const perMillion =
    fresh * prices.input + cached * prices.cached + written * prices.cacheWrite + output * prices.output;
  return perMillion / tokensPerPrice;
}
