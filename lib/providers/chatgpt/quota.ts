/**
 * The plan's remaining quota, from three sources: response headers, a vendor event of the stream, and `GET /wham/usage`. Every
 * field is optional everywhere; malformed ones count as absent. Nothing here throws.
 */

import type { Quota, QuotaWindow } from '../../canonical/quota.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import { readHeader } from '../answer-facts.ts';
import type { UpstreamAnswer } from '../provider.ts';

/** The plan has two windows; each metered family beyond it adds two. More than these is noise. */
const maxWindows = 16;

const windowNames = ['primary', 'secondary'] as const;
const windowHeader =
  /^x-codex-(?:([a-z0-9][\w.-]{0,63})-)?(primary|secondary)-(used-percent|window-minutes|reset-at|reset-after-seconds)$/;

/** A window's numbers as they come, by the headers' names. */
type WindowFacts = Partial<Record<'used-percent' | 'window-minutes' | 'reset-at' | 'reset-after-seconds', unknown>>;

/** One of the plan's windows, or of a metered family beside it. */
interface NamedWindow {
  readonly name: (typeof windowNames)[number];
  readonly family: string | undefined;
  readonly facts: WindowFacts;
}

function toNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** Undefined when used, length and reset are all zero or missing: the plan has no such window. */
function toWindow(facts: WindowFacts, nowMs: number): QuotaWindow | undefined {
  const used = toNumber(facts['used-percent']);
  const windowMinutes = toNumber(facts['window-minutes']) || undefined;
  // Older backends give seconds from now instead of a time.
  const resetAfterS = toNumber(facts['reset-after-seconds']);
  const resetAtEpochS =
    toNumber(facts['reset-at']) || (resetAfterS ? Math.ceil(nowMs / 1000 + resetAfterS) : undefined) || undefined;
  if (!used && windowMinutes === undefined && resetAtEpochS === undefined) return undefined;
  return {
    usedPercent: Math.min(100, used ?? 0),
    ...(windowMinutes !== undefined && { windowMinutes }),
    ...(resetAtEpochS !== undefined && { resetAtEpochS }),
  };
}

/** Booleans come as such, and in headers as Python writes them. */
function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

function toCredits(hasCredits: unknown, isUnlimited: unknown, balance: unknown): Quota['credits'] {
  const facts = [toBoolean(hasCredits), toBoolean(isUnlimited)];
  const text = asText(balance) ?? (typeof balance === 'number' ? String(balance) : undefined);
  if (facts.every((fact) => fact === undefined) && text === undefined) return undefined;
  return {
    hasCredits: facts[0] ?? false,
    isUnlimited: facts[1] ?? false,
    ...(text !== undefined && { balance: text }),
  };
}

/** Undefined without any data. */
function toQuota(
  planType: string | undefined,
  windowFacts: Iterable<NamedWindow>,
  credits: Quota['credits'],
  nowMs: number,
): Quota | undefined {
  const windows = new Map<string, QuotaWindow>();
  for (const { name, family, facts } of windowFacts) {
    const window = toWindow(facts, nowMs);
    if (!window || windows.size >= maxWindows) continue;
    windows.set(family ? `${family}-${name}` : name, {
      ...window,
      ...(family && { feature: family, isPartial: true }),
    });
  }
  if (!planType && windows.size === 0 && !credits) return undefined;
  return {
    ...(planType && { planType }),
    windows: Object.fromEntries(windows),
    ...(credits && { credits }),
    seenAtMs: nowMs,
  };
}

/** From `x-codex-*` headers; a metered family's windows are named `<family>-primary`, `<family>-secondary`. */
export function quotaFromHeaders(headers: UpstreamAnswer['headers'], nowMs: number): Quota | undefined {
  const windows = new Map<string, NamedWindow>();
  for (const header in headers) {
    if (!header.startsWith('x-codex-')) continue;
    const match = windowHeader.exec(header);
    if (!match) continue;
    const [, family, name, fact] = match;
    const key = `${name} ${family}`;
    const window = windows.get(key) ?? { name: name as NamedWindow['name'], family, facts: {} };
    window.facts[fact as keyof WindowFacts] = readHeader(headers, header);
    windows.set(key, window);
  }
  const credits = toCredits(
    readHeader(headers, 'x-codex-credits-has-credits'),
    readHeader(headers, 'x-codex-credits-unlimited'),
    readHeader(headers, 'x-codex-credits-balance'),
  );
  return toQuota(asText(readHeader(headers, 'x-codex-plan-type')), windows.values(), credits, nowMs);
}

/** From the stream's `codex.rate_limits`; undefined for other events. */
export function quotaFromEvent(event: unknown, nowMs: number): Quota | undefined {
  const { type, plan_type, rate_limits, credits, metered_limit_name } = asObject(event) ?? {};
  if (type !== 'codex.rate_limits') return undefined;
  const family = asText(metered_limit_name);
  const windows = windowNames.map((name) => {
    const told = asObject(asObject(rate_limits)?.[name]) ?? {};
    const facts: WindowFacts = {
      'used-percent': told.used_percent,
      'window-minutes': told.window_minutes,
      'reset-at': told.reset_at,
      'reset-after-seconds': told.reset_after_seconds,
    };
    return { name, family, facts };
  });
  return toQuota(asText(plan_type), windows, readCredits(credits), nowMs);
}

/** From the body of `GET /wham/usage`. */
export function quotaFromUsage(usage: unknown, nowMs: number): Quota | undefined {
  const { plan_type, rate_limit, additional_rate_limits, credits } = asObject(usage) ?? {};
  const windows = readUsageWindows(rate_limit, undefined);
  for (const limit of Array.isArray(additional_rate_limits) ? additional_rate_limits : []) {
    const { limit_name, metered_feature, rate_limit: further } = asObject(limit) ?? {};
    const family = asText(metered_feature) ?? asText(limit_name);
    if (family) windows.push(...readUsageWindows(further, family));
  }
  return toQuota(asText(plan_type), windows, readCredits(credits), nowMs);
}

function readUsageWindows(limit: unknown, family: string | undefined): NamedWindow[] {
  return windowNames.map((name) => {
    const told: Json = asObject(asObject(limit)?.[`${name}_window`]) ?? {};
    const lengthS = toNumber(told.limit_window_seconds);
    const facts: WindowFacts = {
      'used-percent': told.used_percent,
      'window-minutes': lengthS && Math.round(lengthS / 60),
      'reset-at': told.reset_at,
      'reset-after-seconds': told.reset_after_seconds,
    };
    return { name, family, facts };
  });
}

function readCredits(credits: unknown): Quota['credits'] {
  const { has_credits, unlimited, balance } = asObject(credits) ?? {};
  return toCredits(has_credits, unlimited, balance);
}
