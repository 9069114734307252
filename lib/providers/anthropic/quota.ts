/** What is left of Anthropic's rate limits, from the headers of its answers. Malformed ones count as absent. Never throws. */
import type { Quota, QuotaWindow } from '../../canonical/quota.ts';
import { readHeader } from '../answer-facts.ts';
import type { UpstreamAnswer } from '../provider.ts';

const prefix = 'anthropic-ratelimit-';
/** (docs.anthropic.com, rate limits) Each is a bucket that is full again within a minute. */
const buckets = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const;
/** Of subscriptions, with their lengths in minutes. */
const unified: readonly (readonly [string, number])[] = [
  ['5h', 300],
  ['7d', 10_080],
];

export function quotaFromHeaders(headers: UpstreamAnswer['headers'], nowMs: number): Quota | undefined {
  const windows: Record<string, QuotaWindow> = {};
  for (const name of buckets) {
    const total = readNumber(headers, `${name}-limit`);
    const remaining = readNumber(headers, `${name}-remaining`);
    if (!total || remaining === undefined) continue;
    const usedPercent = Math.min(100, Math.max(0, 100 - (remaining / total) * 100));
    windows[name] = { usedPercent, windowMinutes: 1, total, remaining, ...readReset(headers, name) };
  }
  for (const [name, windowMinutes] of unified) {
    const used = readNumber(headers, `unified-${name}-utilization`);
    if (used === undefined) continue;
    windows[name] = { usedPercent: Math.min(100, used * 100), windowMinutes, ...readReset(headers, `unified-${name}`) };
  }
  return Object.keys(windows).length > 0 ? { windows, seenAtMs: nowMs } : undefined;
}

function readNumber(headers: UpstreamAnswer['headers'], name: string): number | undefined {
  const text = readHeader(headers, prefix + name)?.trim();
  const value = text ? Number(text) : Number.NaN;
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** As a date, or in Unix seconds. */
function readReset(headers: UpstreamAnswer['headers'], name: string): Pick<QuotaWindow, 'resetAtEpochS'> {
  const text = readHeader(headers, `${prefix}${name}-reset`) ?? '';
  const epochS = /^\d{9,11}$/.test(text) ? Number(text) : Math.floor(Date.parse(text) / 1000);
  return epochS > 0 ? { resetAtEpochS: epochS } : {};
}
