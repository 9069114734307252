/**
 * Quota windows in the rate-limit headers of servers. There is no standard that they follow; read are the forms of OpenAI
 * (`x-ratelimit-remaining-requests`, https://developers.openai.com/api/docs/guides/rate-limits), those that add a window's
 * length (`x-ratelimit-limit-requests-day`), and Anthropic's (`anthropic-ratelimit-requests-remaining`,
 * `anthropic-ratelimit-unified-5h-utilization`, https://docs.claude.com/en/api/rate-limits). Malformed ones count as absent.
 * Nothing here throws.
 */
import type { Quota, QuotaWindow } from '../canonical/quota.ts';
import { readHeader } from './answer-facts.ts';
import type { UpstreamAnswer } from './provider.ts';

const rateLimitHeader = /^(?:x|anthropic)-ratelimit-([a-z0-9-]{1,64})$/;
const facts = ['limit', 'remaining', 'reset', 'utilization'] as const;
type Fact = (typeof facts)[number];
/** Most windows of an answer; a server has a handful. */
const maxWindows = 8;

const minutesOf: Readonly<Record<string, number>> = {
  minute: 1,
  hour: 60,
  day: 1_440,
  week: 10_080,
  month: 43_200,
  '1m': 1,
  '1h': 60,
  '5h': 300,
  '1d': 1_440,
  '7d': 10_080,
  '30d': 43_200,
};
/** Words in a name that say nothing of what is counted. */
const fillers: ReadonlySet<string> = new Set(['unified', 'per']);
/** Smaller numbers are seconds from now, larger ones a Unix time: in seconds, or milliseconds. */
const leastEpochS = 1_000_000_000;
const leastEpochMs = 1_000_000_000_000;
const durationPart = /(\d+(?:\.\d+)?)(ms|[smhd])/g;
const secondsOf: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

interface ToldWindow {
  readonly name: string;
  readonly feature: string;
  readonly minutes: number | undefined;
  readonly told: Partial<Record<Fact, string>>;
}

/** Undefined without any window. */
export function quotaFromRateLimits(headers: UpstreamAnswer['headers'], nowMs: number): Quota | undefined {
  const told = new Map<string, ToldWindow>();
  for (const header in headers) {
    const [, name] = rateLimitHeader.exec(header) ?? [];
    if (name !== undefined) gather(told, name, readHeader(headers, header));
  }
  const windows = [...told.values()].flatMap((window) => {
    const read = toWindow(window, nowMs);
    return read ? [[window.name, read] as const] : [];
  });
  if (windows.length === 0) return undefined;
  return { windows: Object.fromEntries(windows.slice(0, maxWindows)), seenAtMs: nowMs };
}

/** The words of a name come in any order: what is counted, the window's length, and which fact it is. */
function gather(told: Map<string, ToldWindow>, header: string, value: string | undefined): void {
  const words = header.split('-').filter((word) => !fillers.has(word));
  const fact = facts.find((candidate) => words.includes(candidate));
  if (!fact || value === undefined) return;
  const rest = words.filter((word) => word !== fact);
  const length = rest.find((word) => Object.hasOwn(minutesOf, word));
  const feature = rest.filter((word) => word !== length).join(' ') || (length ? '' : 'requests');
  const name = `${feature} ${length ?? ''}`.trim();
  const window: ToldWindow = told.get(name) ?? {
    name,
    feature,
    minutes: length ? minutesOf[length] : undefined,
    told: {},
  };
  window.told[fact] = value;
  told.set(name, window);
}

function toWindow({ feature, minutes, told }: ToldWindow, nowMs: number): QuotaWindow | undefined {
  const total = toNumber(told.limit);
  const remaining = toNumber(told.remaining);
  const share = toNumber(told.utilization);
  const usedPercent =
    share !== undefined
      ? share * 100
      : total && remaining !== undefined
        ? ((total - remaining) / total) * 100
        : undefined;
  if (usedPercent === undefined) return undefined;
  const resetAtEpochS = toEpochS(told.reset, nowMs);
  return {
    usedPercent: Math.min(100, Math.max(0, usedPercent)),
    ...(minutes !== undefined && { windowMinutes: minutes }),
    ...(resetAtEpochS !== undefined && { resetAtEpochS }),
    ...(total !== undefined && { total }),
    ...(remaining !== undefined && { remaining }),
    ...(feature && { feature }),
  };
}

function toNumber(text: string | undefined): number | undefined {
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** `6m0s`, `20ms`, seconds from now, a Unix time or a date. */
function toEpochS(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const number = toNumber(text);
  if (number !== undefined) {
    if (number >= leastEpochMs) return Math.ceil(number / 1000);
    return number >= leastEpochS ? Math.ceil(number) : Math.ceil(nowMs / 1000 + number);
  }
  const parts = [...text.matchAll(durationPart)];
  if (parts.length > 0 && parts.map(([part]) => part).join('') === text.trim()) {
    return Math.ceil(nowMs / 1000 + parts.reduce((sum, [, count, unit]) => sum + Number(count) * secondsOf[unit!]!, 0));
  }
  const timeMs = Date.parse(text);
  return timeMs > 0 ? Math.ceil(timeMs / 1000) : undefined;
}
