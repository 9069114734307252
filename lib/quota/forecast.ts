/** Whether a window will last: by even use since it began. */
import type { QuotaWindow } from '../canonical/quota.ts';

/** Below this use, in percent, a pace is chance. */
const leastUsedPercent = 3;
/** Shorter windows come back before a forecast helps anybody: a day, in minutes. */
const leastMinutes = 1_440;

export interface Forecast {
  /** How much of the window is over, in percent: even use would be here. */
  readonly pacePercent: number;
  /** When nothing is left at this pace, in Unix milliseconds; absent where the window is renewed before. */
  readonly runsDryAtMs?: number;
}

/** Undefined where nothing can be said: little has been used, the window is short, or its begin is not known. */
export function forecast(window: QuotaWindow, nowMs: number): Forecast | undefined {
  const { usedPercent, windowMinutes, resetAtEpochS, isUnlimited } = window;
  if (isUnlimited || usedPercent < leastUsedPercent) return undefined;
  if (windowMinutes === undefined || windowMinutes < leastMinutes || resetAtEpochS === undefined) return undefined;
  const lengthMs = windowMinutes * 60_000;
  const leftMs = resetAtEpochS * 1000 - nowMs;
  const passedMs = lengthMs - leftMs;
  if (leftMs <= 0 || passedMs <= 0) return undefined;
  const pacePercent = (passedMs / lengthMs) * 100;
  const dryInMs = Math.max(0, 100 - usedPercent) * (passedMs / usedPercent);
  return { pacePercent, ...(dryInMs < leftMs && { runsDryAtMs: Math.round(nowMs + dryInMs) }) };
}
