/** Names a quota window by its length: the names that providers give are no help, as `primary` may be the hours or the week. */
import type { QuotaWindow } from '../canonical/quota.ts';
import { logText } from '../public-text.ts';

/** In minutes, the longest first; a month has 28 to 31 days. */
const units = [
  ['year', 525_600],
  ['week', 10_080],
  ['day', 1_440],
  ['hour', 60],
  ['minute', 1],
] as const;
const minutesOfMonth = { least: 40_320, most: 44_640 };
/** Some servers tell a window a little shorter or longer than it is meant: 299 minutes are 5 hours. */
const tolerance = 0.01;
const maxFeatureCharacters = 64;

/** `week`, `5 hours`, `month (AI credits)`; a window of unknown length by what it counts, else `limit`. */
export function labelOf({ windowMinutes, feature }: Pick<QuotaWindow, 'windowMinutes' | 'feature'>): string {
  const counted = feature === undefined ? '' : logText(feature.slice(0, maxFeatureCharacters));
  const length = windowMinutes === undefined ? '' : describeLength(windowMinutes);
  if (!length) return counted || 'limit';
  return counted ? `${length} (${counted})` : length;
}

function describeLength(minutes: number): string {
  if (minutes >= minutesOfMonth.least && minutes <= minutesOfMonth.most) return 'month';
  for (const [unit, length] of units) {
    const count = Math.round(minutes / length);
    if (count < 1 || Math.abs(minutes / length - count) > count * tolerance) continue;
    return count === 1 ? unit : `${count} ${unit}s`;
  }
  return `${Math.round(minutes)} minutes`;
}
