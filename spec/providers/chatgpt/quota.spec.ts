import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quotaFromEvent, quotaFromHeaders, quotaFromUsage } from '../../../lib/providers/chatgpt/quota.ts';
import { fetchChatGptUsage } from '../../../lib/providers/chatgpt/usage.ts';
import { Secret } from '../../../lib/secret.ts';
import { createFakeSite } from '../../support/fake-github.ts';

const nowMs = 1_790_000_000_000;
const resetAtEpochS = nowMs / 1000 + 3600;

test('headers tell plan, windows and credits', () => {
  const quota = quotaFromHeaders(
    {
      'x-codex-plan-type': 'plus',
      'x-codex-primary-used-percent': '12.5',
      'x-codex-primary-window-minutes': '300',
      'x-codex-primary-reset-at': String(resetAtEpochS),
      'x-codex-secondary-used-percent': '40',
      'x-codex-secondary-window-minutes': '10080',
      'x-codex-secondary-reset-at': String(resetAtEpochS),
      'x-codex-primary-over-secondary-limit-percent': '30',
      'x-codex-credits-has-credits': 'True',
      'x-codex-credits-unlimited': 'False',
      'x-codex-credits-balance': '9.99',
      'x-codex-turn-state': 'opaque',
      'content-type': 'text/event-stream',
    },
    nowMs,
  );
  assert.deepEqual(quota, {
    planType: 'plus',
    windows: {
      primary: { usedPercent: 12.5, windowMinutes: 300, resetAtEpochS },
      secondary: { usedPercent: 40, windowMinutes: 10080, resetAtEpochS },
    },
    credits: { hasCredits: true, isUnlimited: false, balance: '9.99' },
    seenAtMs: nowMs,
  });
});

test('a window whose numbers are all zero or missing is absent', () => {
  const quota = quotaFromHeaders(
    {
      'x-codex-primary-used-percent': '0',
      'x-codex-primary-window-minutes': '300',
      'x-codex-secondary-used-percent': '0.0',
      'x-codex-secondary-window-minutes': '0',
      'x-codex-secondary-reset-at': '0',
    },
    nowMs,
  );
  assert.deepEqual(quota?.windows, { primary: { usedPercent: 0, windowMinutes: 300 } });
});

test('older backends say in how many seconds a window resets', () => {
  const quota = quotaFromHeaders({ 'x-codex-primary-reset-after-seconds': '3600' }, nowMs);
  assert.deepEqual(quota?.windows, { primary: { usedPercent: 0, resetAtEpochS } });
});

test('further metered families have windows of their own', () => {
  const quota = quotaFromHeaders(
    { 'x-codex-spark-primary-used-percent': '5', 'x-codex-spark-limit-name': 'Spark', 'x-codex-active-limit': 'spark' },
    nowMs,
  );
  assert.deepEqual(quota?.windows, { 'spark-primary': { usedPercent: 5, feature: 'spark', isPartial: true } });
});

test('headers of somebody else tell nothing', () => {
  assert.equal(quotaFromHeaders({ 'content-type': 'application/json', 'x-ratelimit-limit': '5' }, nowMs), undefined);
});

test('the number of windows is bounded', () => {
  const headers = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`x-codex-f${index}-primary-used-percent`, '5']),
  );
  assert.equal(Object.keys(quotaFromHeaders(headers, nowMs)!.windows).length, 16);
});

test('the stream’s vendor event tells the same', () => {
  const event = {
    type: 'codex.rate_limits',
    plan_type: 'plus',
    rate_limits: {
      primary: { used_percent: 12, window_minutes: 300, reset_at: resetAtEpochS },
      secondary: null,
    },
    credits: { has_credits: false, unlimited: true, balance: '0' },
  };
  assert.deepEqual(quotaFromEvent(event, nowMs), {
    planType: 'plus',
    windows: { primary: { usedPercent: 12, windowMinutes: 300, resetAtEpochS } },
    credits: { hasCredits: false, isUnlimited: true, balance: '0' },
    seenAtMs: nowMs,
  });
  assert.deepEqual(Object.keys(quotaFromEvent({ ...event, metered_limit_name: 'spark' }, nowMs)!.windows), [
    'spark-primary',
  ]);
  assert.equal(quotaFromEvent({ ...event, type: 'codex.response.metadata' }, nowMs), undefined);
});

const usage = {
  plan_type: 'pro',
  rate_limit: {
    allowed: true,
    primary_window: {
      used_percent: 12,
      limit_window_seconds: 18000,
      reset_after_seconds: 3600,
      reset_at: resetAtEpochS,
    },
    secondary_window: null,
  },
  code_review_rate_limit: null,
  additional_rate_limits: [
    { limit_name: 'Spark', metered_feature: 'spark', rate_limit: { primary_window: { used_percent: 150 } } },
    {},
    null,
  ],
  credits: { has_credits: false, unlimited: false, balance: null },
};

const expectedUsage = {
  planType: 'pro',
  windows: {
    primary: { usedPercent: 12, windowMinutes: 300, resetAtEpochS },
    'spark-primary': { usedPercent: 100, feature: 'spark', isPartial: true },
  },
  credits: { hasCredits: false, isUnlimited: false },
  seenAtMs: nowMs,
};

test('the usage page tells the same, per feature', () => {
  assert.deepEqual(quotaFromUsage(usage, nowMs), expectedUsage);
});

test('no shape of header, event or page makes it throw', () => {
  const window = fc.record({
    used_percent: fc.jsonValue(),
    window_minutes: fc.jsonValue(),
    limit_window_seconds: fc.jsonValue(),
    reset_at: fc.jsonValue(),
    reset_after_seconds: fc.jsonValue(),
  });
  const odd = fc.oneof(fc.jsonValue(), window);
  const limits = fc.record({ primary: odd, secondary: odd, primary_window: odd, secondary_window: odd });
  const page = fc.record(
    {
      type: fc.constant('codex.rate_limits'),
      plan_type: fc.jsonValue(),
      rate_limits: fc.oneof(fc.jsonValue(), limits),
      rate_limit: fc.oneof(fc.jsonValue(), limits),
      additional_rate_limits: fc.oneof(
        fc.jsonValue(),
        fc.array(fc.record({ limit_name: fc.jsonValue(), rate_limit: limits })),
      ),
      credits: fc.jsonValue(),
      metered_limit_name: fc.jsonValue(),
    },
    { requiredKeys: ['type'] },
  );
  const headers = fc.dictionary(
    fc.constantFrom(
      'x-codex-primary-used-percent',
      'x-codex-secondary-reset-at',
      'x-codex-__proto__-primary-reset-at',
      'x-codex-credits-balance',
      'x-codex-plan-type',
    ),
    fc.oneof(fc.string(), fc.array(fc.string()), fc.constant(undefined)),
  );
  fc.assert(
    fc.property(page, fc.jsonValue(), headers, (told, json, seen) => {
      const quotas = [
        quotaFromEvent(told, nowMs),
        quotaFromUsage(told, nowMs),
        quotaFromEvent(json, nowMs),
        quotaFromUsage(json, nowMs),
        quotaFromHeaders(seen, nowMs),
      ];
      for (const quota of quotas) {
        for (const { usedPercent } of Object.values(quota?.windows ?? {})) {
          assert.ok(usedPercent >= 0 && usedPercent <= 100);
        }
      }
    }),
  );
});

test('usage is asked for with the account’s headers', async (t) => {
  const site = await createFakeSite(t);
  const config = { chatgptBaseUrl: site.url, chatgptClientVersion: '0.169.0', chatgptOriginator: 'codex_cli_rs' };
  const credential = { accessToken: new Secret('token'), accountId: 'account-1', isFedramp: false };
  const ask = () => fetchChatGptUsage(config, credential, fetch, () => nowMs);

  site.set('/wham/usage', { body: usage });
  assert.deepEqual(await ask(), expectedUsage);
  const { headers } = site.requests[0]!;
  assert.deepEqual([headers.authorization, headers['chatgpt-account-id']], ['Bearer token', 'account-1']);

  site.set('/wham/usage', { body: {} });
  assert.deepEqual(await ask(), { windows: {}, seenAtMs: nowMs });
  site.set('/wham/usage', { body: '[]' });
  await assert.rejects(ask(), { code: 'OC_UPSTREAM_INVALID' });
  site.set('/wham/usage', { status: 401, body: { detail: 'Unauthorized' } });
  await assert.rejects(ask(), { code: 'OC_SIGN_IN_AGAIN' });
});
