/** ChatGPT's windows in the form in which the Codex CLI asks for them: that of the backend's own `GET /wham/usage`. */
import type { Quota, QuotaWindow } from '../canonical/quota.ts';

interface ToldWindows extends Pick<Quota, 'planType' | 'credits'> {
  readonly windows: readonly QuotaWindow[];
}

/** @param quota undefined where nothing is known */
export function toUsageAnswer(quota: ToldWindows | undefined, nowMs: number): object {
  const { windows = [], planType = 'unknown', credits } = quota ?? {};
  const families = new Map<string, QuotaWindow[]>();
  for (const window of windows) {
    if (!window.isPartial || window.feature === undefined) continue;
    families.set(window.feature, [...(families.get(window.feature) ?? []), window]);
  }
  return {
    plan_type: planType,
    rate_limit: toRateLimit(
      windows.filter(({ isPartial }) => !isPartial),
      nowMs,
    ),
    code_review_rate_limit: null,
    additional_rate_limits: [...families].map(([feature, ofFamily]) => ({
      limit_name: feature,
      metered_feature: feature,
      rate_limit: toRateLimit(ofFamily, nowMs),
    })),
    credits: credits
      ? { has_credits: credits.hasCredits, unlimited: credits.isUnlimited, balance: credits.balance ?? null }
      : null,
  };
}

/** The shortest window is the primary one, the longest the secondary one. */
function toRateLimit(windows: readonly QuotaWindow[], nowMs: number): object | null {
  const [first, ...others] = windows.toSorted((a, b) => (a.windowMinutes ?? 0) - (b.windowMinutes ?? 0));
  if (!first) return null;
  const last = others.at(-1);
  const isReached = windows.some(({ usedPercent }) => usedPercent >= 100);
  return {
    allowed: !isReached,
    limit_reached: isReached,
    primary_window: toWindow(first, nowMs),
    secondary_window: last ? toWindow(last, nowMs) : null,
  };
}

/** In whole numbers: Codex reads no others. */
function toWindow({ usedPercent, windowMinutes = 0, resetAtEpochS }: QuotaWindow, nowMs: number): object {
  const resetAfterS = resetAtEpochS === undefined ? 0 : Math.max(0, Math.round(resetAtEpochS - nowMs / 1000));
  return {
    used_percent: Math.round(usedPercent),
    limit_window_seconds: Math.round(windowMinutes * 60),
    reset_after_seconds: resetAfterS,
    reset_at: Math.round(resetAtEpochS ?? 0),
  };
}
