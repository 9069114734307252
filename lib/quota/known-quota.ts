/** What is known of a provider's quota, gathered from all its answers. */
import type { Quota, QuotaWindow } from '../canonical/quota.ts';
import { asObject, asText, type Json } from '../lenient-json.ts';

export interface KnownWindow extends QuotaWindow {
  /** As the provider names it, unique among its windows. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly seenAtMs: number;
}

export interface KnownQuota extends Pick<Quota, 'planType' | 'credits'> {
  readonly windows: readonly KnownWindow[];
  /** When any of it was told last, in Unix milliseconds. */
  readonly seenAtMs: number;
}

/** Most windows of one provider; the ones told longest ago are forgotten. */
const maxWindows = 16;
/** How long a window counts that says neither how long it is nor when it ends, in milliseconds. */
const unknownLengthMs = 3_600_000;
/** Absurd numbers must not last for ever: longest length of a window, and of the wait for the end of one without. */
const longestMs = 366 * 86_400_000;
/** A window's end may be this much further away than the window is long: clocks differ. */
const clockSkewMs = 86_400_000;

export function toKnown({ windows, planType, credits, seenAtMs }: Quota): KnownQuota {
  const known = Object.entries(windows).map(([name, window]) => ({ ...window, name, seenAtMs }));
  return { ...(planType && { planType }), ...(credits && { credits }), windows: known.slice(-maxWindows), seenAtMs };
}

/** Of the same window the one that was told last. */
export function merge(known: KnownQuota | undefined, told: KnownQuota): KnownQuota {
  if (!known) return told;
  const [older, newer] = known.seenAtMs <= told.seenAtMs ? [known, told] : [told, known];
  const windows = new Map<string, KnownWindow>();
  for (const window of [...older.windows, ...newer.windows].toSorted((a, b) => a.seenAtMs - b.seenAtMs)) {
    const key = identityOf(window);
    windows.delete(key);
    windows.set(key, window);
  }
  return { ...older, ...newer, windows: [...windows.values()].slice(-maxWindows) };
}

/** ChatGPT changes which of its windows is called `primary`, and not what a window of a length is. */
function identityOf({ name, feature, windowMinutes }: KnownWindow): string {
  return `${feature ?? ''} ${windowMinutes ?? name}`;
}

/**
 * The windows that still count. One whose time is over has begun anew, and is empty as far as is known; it is left out when
 * nobody tells of it for its whole length.
 */
export function openWindows({ windows }: KnownQuota, nowMs: number): KnownWindow[] {
  return windows.flatMap((window) => {
    const { resetAtEpochS, windowMinutes, seenAtMs } = window;
    const lengthMs = windowMinutes === undefined ? undefined : Math.min(windowMinutes * 60_000, longestMs);
    const leftMs = resetAtEpochS === undefined ? undefined : resetAtEpochS * 1000 - nowMs;
    if (leftMs === undefined || leftMs > (lengthMs ?? longestMs) + clockSkewMs) {
      return nowMs < seenAtMs + (lengthMs ?? unknownLengthMs) ? withoutEnd(window) : [];
    }
    if (leftMs > 0) return window;
    return -leftMs < (lengthMs ?? 0) ? { ...withoutEnd(window), usedPercent: 0, remaining: window.total } : [];
  });
}

function withoutEnd({ resetAtEpochS: _, ...window }: KnownWindow): KnownWindow {
  return window;
}

/** Times that differ by less, in seconds, are one: some answers tell the seconds that are left. */
const sameTimeS = 60;

/** Is there anything in it that is worth keeping? */
export function isNews(before: KnownQuota | undefined, after: KnownQuota): boolean {
  if (!before || before.windows.length !== after.windows.length) return true;
  if (before.planType !== after.planType || before.credits?.balance !== after.credits?.balance) return true;
  return after.windows.some((window) => {
    const known = before.windows.find((candidate) => identityOf(candidate) === identityOf(window));
    return !known || known.usedPercent !== window.usedPercent || !isSameTime(known, window);
  });
}

function isSameTime({ resetAtEpochS: a = 0 }: KnownWindow, { resetAtEpochS: b = 0 }: KnownWindow): boolean {
  return Math.abs(a - b) < sameTimeS;
}

/** Reads what was kept; undefined for what is none. Never throws. */
export function readKnown(value: unknown): KnownQuota | undefined {
  const { windows, planType, credits, seenAtMs } = asObject(value) ?? {};
  if (!Array.isArray(windows) || !isNumber(seenAtMs)) return undefined;
  const read = windows.slice(-maxWindows).flatMap((window) => readWindow(asObject(window)) ?? []);
  const { hasCredits, isUnlimited, balance } = asObject(credits) ?? {};
  const plan = asText(planType);
  return {
    ...(plan && { planType: plan }),
    ...(typeof hasCredits === 'boolean' && {
      credits: { hasCredits, isUnlimited: isUnlimited === true, ...(asText(balance) && { balance: String(balance) }) },
    }),
    windows: read,
    seenAtMs,
  };
}

function readWindow(told: Json | undefined): KnownWindow | undefined {
  const name = asText(told?.name);
  if (!told || name === undefined || !isNumber(told.usedPercent) || !isNumber(told.seenAtMs)) return undefined;
  const numbers = ['windowMinutes', 'resetAtEpochS', 'total', 'remaining'] as const;
  const feature = asText(told.feature);
  return {
    name,
    usedPercent: Math.min(100, Math.max(0, told.usedPercent)),
    seenAtMs: told.seenAtMs,
    ...Object.fromEntries(numbers.filter((key) => isNumber(told[key])).map((key) => [key, told[key]])),
    ...(feature && { feature }),
    ...(told.isUnlimited === true && { isUnlimited: true }),
    ...(told.isPartial === true && { isPartial: true }),
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
