/** A provider's quota for people and programs: the console, metrics and the command line. */
import type { Quota, QuotaWindow } from '../canonical/quota.ts';
import { forecast } from './forecast.ts';
import type { OpenQuota } from './quota-book.ts';
import { labelOf } from './window-label.ts';

/** One window. Times are ISO 8601. */
export interface QuotaLine {
  /** By its length, and what it counts: `week`, `5 hours`, `month (AI credits)`. */
  readonly label: string;
  /** Its length; null where the provider does not tell. */
  readonly minutes: number | null;
  /** 0–100. */
  readonly usedPercent: number;
  /** null where it is not known. */
  readonly resetsAt: string | null;
  /** How much of the window is over, in percent. */
  readonly pacePercent?: number;
  /** When nothing is left at this pace; absent where it lasts. */
  readonly runsDryAt?: string;
  readonly note?: string;
}

/** The windows of a provider, the shortest first. @param quota as a provider has told it, or as it is known */
export function describeQuota(quota: Quota | OpenQuota | undefined, nowMs: number): QuotaLine[] {
  const lengthOf = ({ windowMinutes = Number.POSITIVE_INFINITY }: QuotaWindow) => windowMinutes;
  return Object.values<QuotaWindow>(quota?.windows ?? {})
    .toSorted((a, b) => lengthOf(a) - lengthOf(b) || labelOf(a).localeCompare(labelOf(b)))
    .map((window) => describeWindow(window, nowMs));
}

function describeWindow(window: QuotaWindow, nowMs: number): QuotaLine {
  const { windowMinutes, resetAtEpochS, usedPercent } = window;
  const { pacePercent, runsDryAtMs } = forecast(window, nowMs) ?? {};
  const note = noteOf(window);
  return {
    label: labelOf(window),
    minutes: windowMinutes ?? null,
    usedPercent: round(usedPercent),
    resetsAt: toIso(resetAtEpochS === undefined ? undefined : resetAtEpochS * 1000) ?? null,
    ...(pacePercent !== undefined && { pacePercent: round(pacePercent) }),
    ...(runsDryAtMs !== undefined && { runsDryAt: toIso(runsDryAtMs) }),
    ...(note && { note }),
  };
}

function noteOf({ isUnlimited, total, remaining }: QuotaWindow): string | undefined {
  if (isUnlimited) return 'unlimited';
  if (total === undefined || remaining === undefined) return undefined;
  return `${Math.round(remaining)} of ${Math.round(total)} left`;
}

function round(percent: number): number {
  return Math.round(percent * 10) / 10;
}

/** Undefined for a time that no calendar has. */
function toIso(ms: number | undefined): string | undefined {
  const date = new Date(ms ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
