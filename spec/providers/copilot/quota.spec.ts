import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quotaFromEvent, quotaFromHeaders, readAccount } from '../../../lib/providers/copilot/quota.ts';
import { fakeAccount, fakeSnapshot } from '../../support/fake-copilot.ts';

const nowMs = 7;
const december = Date.UTC(2026, 11, 1) / 1000;
/** November has 30 days. */
const month = { resetAtEpochS: december, windowMinutes: 30 * 1_440 };

test('headers', () => {
  const headers = { 'x-quota-snapshot-premium_models': fakeSnapshot, 'x-other': fakeSnapshot };
  const window = { usedPercent: 2.5, total: 300, feature: 'AI credits', ...month };
  assert.deepEqual(quotaFromHeaders(headers, nowMs), { windows: { premium_models: window }, seenAtMs: nowMs });
  assert.equal(quotaFromHeaders({ 'x-quota-snapshot-chat': 'nonsense' }, nowMs), undefined);
  assert.equal(quotaFromHeaders({}, nowMs), undefined);
});

test('the twin in the stream, in the form of the headers and in that of the account', () => {
  const snapshots = { chat: 'ent=-1&rem=100.0', premium_interactions: { entitlement: 300, percent_remaining: 90 } };
  const quota = quotaFromEvent({ type: 'copilot_quota_snapshots', copilot_quota_snapshots: snapshots }, nowMs);
  assert.deepEqual(quota?.windows, {
    chat: { usedPercent: 0, isUnlimited: true, feature: 'chat' },
    premium_interactions: { usedPercent: 10, total: 300, feature: 'AI credits' },
  });
  assert.equal(quotaFromEvent({ type: 'copilot_references' }, nowMs), undefined);
});

test('the account of a plan', () => {
  assert.deepEqual(readAccount(fakeAccount, nowMs), {
    login: 'octo-someone',
    planType: 'individual_pro',
    sku: 'plus_monthly_subscriber_quota',
    quota: {
      planType: 'individual_pro',
      windows: {
        chat: { usedPercent: 0, isUnlimited: true, feature: 'chat' },
        premium_interactions: { usedPercent: 2, total: 1500, remaining: 1470, feature: 'AI credits', ...month },
      },
      seenAtMs: nowMs,
    },
  });
});

test('the account without a plan', () => {
  const account = readAccount(
    {
      access_type_sku: 'free_limited_copilot',
      copilot_plan: 'individual',
      limited_user_quotas: { chat: 40, completions: 2000 },
      monthly_quotas: { chat: 50, completions: 2000 },
      limited_user_reset_date: '2026-12-01',
    },
    nowMs,
  );
  assert.deepEqual(account?.quota.windows, {
    chat: { usedPercent: 20, total: 50, remaining: 40, feature: 'chat', ...month },
    completions: { usedPercent: 0, total: 2000, remaining: 2000, feature: 'completions', isPartial: true, ...month },
  });
});

test('credits that a seat tells as used, and a seat that has no quota of its own', () => {
  const windowsOf = (premium_interactions: object) =>
    readAccount(
      { copilot_plan: 'business', token_based_billing: true, quota_snapshots: { premium_interactions } },
      nowMs,
    )?.quota.windows;
  assert.deepEqual(windowsOf({ entitlement: 7000, credits_used: 1750 }), {
    premium_interactions: { usedPercent: 25, total: 7000, remaining: 5250, feature: 'AI credits' },
  });
  assert.deepEqual(windowsOf({ entitlement: 0, remaining: 0, percent_remaining: 100, credits_used: 0 }), {});
});

test('whatever comes is read as far as it can be', () => {
  const percents = (quota: ReturnType<typeof quotaFromEvent>) =>
    Object.values(quota?.windows ?? {}).every(({ usedPercent }) => usedPercent >= 0 && usedPercent <= 100);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything()), fc.string(), (snapshots, text) => {
      assert.ok(percents(quotaFromEvent({ copilot_quota_snapshots: snapshots }, nowMs)));
      assert.ok(percents(quotaFromHeaders({ 'x-quota-snapshot-chat': text }, nowMs)));
      assert.ok(percents(readAccount({ quota_snapshots: snapshots, monthly_quotas: text }, nowMs)?.quota));
    }),
  );
});
