/**
 * The seat's remaining quota, from three sources: response headers, the same data in the stream, and GitHub's API for the
 * account. Every field is optional everywhere; malformed ones count as absent. Nothing here throws.
 */

import type { Quota, QuotaWindow } from '../../canonical/quota.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import { readHeader } from '../answer-facts.ts';
import type { UpstreamAnswer } from '../provider.ts';

const headerPrefix = 'x-quota-snapshot-';
/** Key of the data in an event of the stream. */
const snapshotsKey = 'copilot_quota_snapshots';
/** Since June 2026 these windows, which counted premium requests before, count AI credits. */
const creditWindows: ReadonlySet<string> = new Set(['premium_interactions', 'premium_models']);
/** Suggestions of an editor, which no request to this server asks for. */
const aside = 'completions';
const minutesPerDay = 1440;
/** A seat has three or four. */
const maxWindows = 16;
const windowName = /^[a-z][\w-]{0,63}$/;

function toNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function toEpochS(value: unknown): number | undefined {
  const timeMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return timeMs > 0 ? Math.floor(timeMs / 1000) : undefined;
}

/** What a snapshot says, whichever its form. */
interface Facts {
  /** AI credits a month, or requests; −1 is without limit. */
  entitlement?: unknown;
  remaining?: unknown;
  percentRemaining?: unknown;
  isUnlimited?: unknown;
  /** When it is full again, as a date. */
  resets?: unknown;
  /** AI credits used, where the seat is billed by them. */
  creditsUsed?: unknown;
}

/** Quotas are a month's, from one reset to the next. */
function toMonthMinutes(resetAtEpochS: number): number {
  const end = new Date(resetAtEpochS * 1000);
  const start = new Date(end);
  start.setUTCMonth(end.getUTCMonth() - 1);
  // March 31 less a month is no day: the month before ends then.
  if (start.getUTCDate() !== end.getUTCDate()) start.setUTCDate(0);
  return Math.round((end.getTime() - start.getTime()) / 60_000 / minutesPerDay) * minutesPerDay;
}

function toWindow(facts: Facts): QuotaWindow | undefined {
  const { entitlement, remaining, percentRemaining, isUnlimited, resets, creditsUsed } = facts;
  const total = toNumber(entitlement);
  if (isUnlimited === true || total === -1) return { usedPercent: 0, isUnlimited: true };
  const used = toNumber(creditsUsed);
  const left = used !== undefined && total ? total - used : toNumber(remaining);
  const leftPercent = toNumber(percentRemaining) ?? (left !== undefined && total ? (left / total) * 100 : undefined);
  // A seat that its organization pays for has no quota of its own, and tells zeros.
  if (total === 0 && !left && !used) return undefined;
  if (leftPercent === undefined) return undefined;
  const resetAtEpochS = toEpochS(resets);
  return {
    usedPercent: Math.min(100, Math.max(0, 100 - leftPercent)),
    ...(total !== undefined && total > 0 && { total }),
    ...(left !== undefined && { remaining: Math.max(0, left) }),
    ...(resetAtEpochS !== undefined && { resetAtEpochS, windowMinutes: toMonthMinutes(resetAtEpochS) }),
  };
}

/** Undefined without any data. */
function toQuota(facts: Iterable<readonly [string, Facts]>, nowMs: number, planType?: string): Quota | undefined {
  const windows: Record<string, QuotaWindow> = {};
  let count = 0;
  for (const [name, told] of facts) {
    const window = windowName.test(name) && count < maxWindows ? toWindow(told) : undefined;
    if (!window) continue;
    windows[name] = { ...window, ...describeFeature(name) };
    count += 1;
  }
  if (count === 0 && !planType) return undefined;
  return { ...(planType && { planType }), windows, seenAtMs: nowMs };
}

function describeFeature(name: string): Pick<QuotaWindow, 'feature' | 'isPartial'> {
  const feature = creditWindows.has(name) ? 'AI credits' : name.replaceAll('_', ' ');
  return { feature, ...(name === aside && { isPartial: true }) };
}

/** `ent=300&ov=0.0&ovPerm=false&rem=97.5&rst=2026-12-01T00:00:00Z`; `rem` is what is left in percent. */
function readHeaderFacts(text: string): Facts {
  const fields = new URLSearchParams(text);
  return { entitlement: fields.get('ent'), percentRemaining: fields.get('rem'), resets: fields.get('rst') };
}

/** From `x-quota-snapshot-*` headers. */
export function quotaFromHeaders(headers: UpstreamAnswer['headers'], nowMs: number): Quota | undefined {
  const facts: [string, Facts][] = [];
  for (const name in headers) {
    if (!name.startsWith(headerPrefix)) continue;
    facts.push([name.slice(headerPrefix.length), readHeaderFacts(readHeader(headers, name) ?? '')]);
  }
  return facts.length > 0 ? toQuota(facts, nowMs) : undefined;
}

function readSnapshot(snapshot: unknown, resets?: unknown): Facts {
  if (typeof snapshot === 'string') return readHeaderFacts(snapshot);
  const told = asObject(snapshot) ?? {};
  return {
    entitlement: told.entitlement,
    remaining: told.remaining ?? told.quota_remaining,
    percentRemaining: told.percent_remaining,
    isUnlimited: told.unlimited,
    resets: told.reset_date ?? resets,
    creditsUsed: told.credits_used,
  };
}

/** From an event of the stream; undefined for other events. */
export function quotaFromEvent(event: unknown, nowMs: number): Quota | undefined {
  const snapshots = asObject(asObject(event)?.[snapshotsKey]);
  if (!snapshots) return undefined;
  return toQuota(
    Object.entries(snapshots).map(([name, snapshot]) => [name, readSnapshot(snapshot)]),
    nowMs,
  );
}

/** GitHub's data about the account's seat. */
export interface CopilotAccount {
  login?: string;
  planType?: string;
  sku?: string;
  quota: Quota;
}

/** From the body of `GET /copilot_internal/user`; the free plan tells its quota in a form of its own. */
export function readAccount(body: Json | undefined, nowMs: number): CopilotAccount | undefined {
  if (!body) return undefined;
  const planType = asText(body.copilot_plan);
  const login = asText(body.login);
  const sku = asText(body.access_type_sku);
  const quota = toQuota(accountFacts(body), nowMs, planType) ?? { windows: {}, seenAtMs: nowMs };
  return { ...(login && { login }), ...(planType && { planType }), ...(sku && { sku }), quota };
}

function accountFacts(body: Json): [string, Facts][] {
  const snapshots = asObject(body.quota_snapshots);
  if (snapshots) {
    return Object.entries(snapshots).map(([name, snapshot]) => [name, readSnapshot(snapshot, body.quota_reset_date)]);
  }
  const monthly = asObject(body.monthly_quotas) ?? {};
  const resets = body.limited_user_reset_date;
  return Object.entries(asObject(body.limited_user_quotas) ?? {}).map(([name, remaining]) => [
    name,
    { entitlement: monthly[name], remaining, resets },
  ]);
}
