/** What is said of a window, and what is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { forecast } from '../../lib/quota/forecast.ts';
import { describeQuota } from '../../lib/quota/overview.ts';
import { labelOf } from '../../lib/quota/window-label.ts';

const nowMs = Date.UTC(2026, 10, 29, 12);
const weekMinutes = 10_080;
/** A week of which three days are over. */
const inFourDaysS = nowMs / 1000 + 4 * 86_400;

test('a pace that lasts, and one that does not', () => {
  const week = { windowMinutes: weekMinutes, resetAtEpochS: inFourDaysS };
  const even = forecast({ ...week, usedPercent: 40 }, nowMs)!;
  assert.equal(Math.round(even.pacePercent), 43);
  assert.equal(even.runsDryAtMs, undefined);
  const fast = forecast({ ...week, usedPercent: 60 }, nowMs)!;
  // 60 % in three days: the other 40 % last two more.
  assert.equal(fast.runsDryAtMs, nowMs + 2 * 86_400_000);
  assert.equal(forecast({ ...week, usedPercent: 100 }, nowMs)!.runsDryAtMs, nowMs);
});

const windows = fc.record(
  {
    usedPercent: fc.double({ min: 0, max: 100, noNaN: true }),
    windowMinutes: fc.oneof(fc.integer({ min: 1, max: 600_000 }), fc.constantFrom(60, 300, 1_440, weekMinutes, 43_200)),
    resetAtEpochS: fc.integer({ min: nowMs / 1000 - 90 * 86_400, max: nowMs / 1000 + 90 * 86_400 }),
    isUnlimited: fc.boolean(),
  },
  { requiredKeys: ['usedPercent'] },
);

test('nothing is said below 3 % of use, of windows shorter than a day, or of unknown begin', () => {
  fc.assert(
    fc.property(windows, (window) => {
      const told = forecast(window, nowMs);
      const { usedPercent, windowMinutes = 0, resetAtEpochS = 0, isUnlimited } = window;
      const leftMs = resetAtEpochS * 1000 - nowMs;
      if (usedPercent < 3 || windowMinutes < 1_440 || isUnlimited || leftMs <= 0 || leftMs >= windowMinutes * 60_000) {
        assert.equal(told, undefined);
        return;
      }
      assert.ok(told!.pacePercent > 0 && told!.pacePercent < 100);
      const { runsDryAtMs } = told!;
      if (runsDryAtMs === undefined) assert.ok(usedPercent <= told!.pacePercent + 1e-6);
      else assert.ok(runsDryAtMs >= nowMs && runsDryAtMs <= resetAtEpochS * 1000);
    }),
  );
});

test('windows are called by their length', () => {
  const names = Object.fromEntries(
    [1, 5, 60, 299, 300, 1_440, 4_320, 10_079, 10_080, 20_160, 43_200, 44_640, 525_600, 100].map((minutes) => [
      minutes,
      labelOf({ windowMinutes: minutes }),
    ]),
  );
  assert.deepEqual(names, {
    1: 'minute',
    5: '5 minutes',
    60: 'hour',
    100: '100 minutes',
    299: '5 hours',
    300: '5 hours',
    1440: 'day',
    4320: '3 days',
    10079: 'week',
    10080: 'week',
    20160: '2 weeks',
    43200: 'month',
    44640: 'month',
    525600: 'year',
  });
  assert.equal(labelOf({ windowMinutes: 43_200, feature: 'AI credits' }), 'month (AI credits)');
  assert.equal(labelOf({ feature: 'tokens' }), 'tokens');
  assert.equal(labelOf({}), 'limit');
});

test('a `primary` window may be the weekly one', () => {
  const windows = {
    primary: { usedPercent: 60, windowMinutes: weekMinutes, resetAtEpochS: inFourDaysS },
    secondary: { usedPercent: 12, windowMinutes: 300, resetAtEpochS: nowMs / 1000 + 600 },
  };
  assert.deepEqual(describeQuota({ windows, seenAtMs: nowMs }, nowMs), [
    { label: '5 hours', minutes: 300, usedPercent: 12, resetsAt: '2026-11-29T12:10:00.000Z' },
    {
      label: 'week',
      minutes: weekMinutes,
      usedPercent: 60,
      resetsAt: '2026-12-03T12:00:00.000Z',
      pacePercent: 42.9,
      runsDryAt: '2026-12-01T12:00:00.000Z',
    },
  ]);
});
