/** Holds an exchange to the limits of its client key. */
import type { Response } from 'express';
import { roughInputTokens } from '../canonical/tokens.ts';
import { type KeyCharging, reserve, type Standing } from '../usage/key-limits.ts';
import type { Used } from '../usage/usage-row.ts';
import { type Amounts, nanoPerUsd } from '../usage/windows.ts';
import { whenClosed } from '../when-closed.ts';
import type { Exchange } from './middleware.ts';
import { usedBy } from './request-facts.ts';

/** Tokens of an answer that are counted before it is there, unless the request asks for fewer: an ordinary answer. */
const usualOutputTokens = 1_000;

/**
 * Counts what the exchange will use against the limits of its key, and what it has used when it is over. What an answer has
 * used that nobody tells (its client left) stays as it was estimated.
 * @throws OpenCompatError for a limit that is reached
 */
export async function chargeKey(exchange: Exchange, res: Response, { counts, costOf }: KeyCharging): Promise<void> {
  const { clientKey, answers, timings } = exchange;
  if (!clientKey || clientKey.limits.length === 0) return;
  const toAmounts = (used: Used): Amounts => ({
    requests: used.answers,
    tokens: used.inputTokens + used.outputTokens,
    cost: Math.round(costOf(exchange.model.provider.name, exchange.model.id, used) * nanoPerUsd),
  });
  const isByTokens = clientKey.limits.some(({ measure }) => measure !== 'requests');
  const estimate = toAmounts(isByTokens ? estimateUse(exchange) : { ...nothing, answers });
  const atMs = Math.round(performance.timeOrigin + timings.receivedMs);
  const reservation = await reserve(counts, clientKey, atMs, estimate, (standings) => tellStandings(res, standings));
  const settle = () => {
    const used = usedBy(exchange);
    const hasRun = exchange.error === undefined || timings.upstreamFirstMs !== undefined;
    const isUntold = used.answers > 0 && exchange.usage === undefined && hasRun;
    reservation.settle(isUntold ? estimate : toAmounts(used));
  };
  whenClosed(res, settle);
}

const nothing: Used = {
  answers: 0,
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  credits: 0,
};

function estimateUse({ request, answers }: Exchange): Used {
  const output = Math.min(request.max_output_tokens ?? usualOutputTokens, usualOutputTokens);
  return { ...nothing, answers, inputTokens: answers * roughInputTokens(request), outputTokens: answers * output };
}

/** By OpenAI's headers, those of the limit that is nearest. */
function tellStandings(res: Response, standings: readonly Standing[]): void {
  for (const measure of ['requests', 'tokens'] as const) {
    const [nearest] = standings
      .filter((standing) => standing.measure === measure)
      .toSorted((a, b) => a.remaining - b.remaining);
    if (nearest) tellLimit(res, measure, nearest.limit, nearest.remaining, nearest.endMs - Date.now());
  }
}

/** In OpenAI's headers, unless they already tell of less. */
export function tellLimit(
  res: Response,
  measure: 'requests' | 'tokens',
  limit: number,
  remaining: number,
  resetMs: number,
): void {
  const told = res.getHeader(`x-ratelimit-remaining-${measure}`);
  if (told !== undefined && Number(told) < remaining) return;
  res.setHeader(`x-ratelimit-limit-${measure}`, String(limit));
  res.setHeader(`x-ratelimit-remaining-${measure}`, String(remaining));
  res.setHeader(`x-ratelimit-reset-${measure}`, formatReset(resetMs));
}

/** A duration as OpenAI writes it in its headers: `6m0s`, `1s`, `20ms`. */
export function formatReset(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  const seconds = Math.ceil(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
