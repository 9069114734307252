import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quotaFromRateLimits } from '../../lib/providers/rate-limit-headers.ts';
import { createBoxHarness, hello, post } from '../support/box-harness.ts';
import { scriptChatCompletion } from '../support/scripted-forms.ts';

const nowMs = 1_790_000_000_000;
const nowS = nowMs / 1000;
const windowsOf = (headers: Record<string, string>) => quotaFromRateLimits(headers, nowMs)?.windows;

test('OpenAI’s, whose windows have no length', () => {
  assert.deepEqual(
    windowsOf({
      'x-ratelimit-limit-requests': '5000',
      'x-ratelimit-remaining-requests': '4500',
      'x-ratelimit-reset-requests': '6m0.5s',
      'x-ratelimit-limit-tokens': '160000',
      'x-ratelimit-remaining-tokens': '160000',
      'x-ratelimit-reset-tokens': '20ms',
      'x-ratelimit-remaining-images': '3',
    }),
    {
      requests: { usedPercent: 10, resetAtEpochS: nowS + 361, total: 5000, remaining: 4500, feature: 'requests' },
      tokens: { usedPercent: 0, resetAtEpochS: nowS + 1, total: 160000, remaining: 160000, feature: 'tokens' },
    },
  );
});

test('those that tell the length of their windows', () => {
  const windows = windowsOf({
    'x-ratelimit-limit-requests-day': '1000',
    'x-ratelimit-remaining-requests-day': '250',
    'x-ratelimit-reset-requests-day': '33011.382867',
    'x-ratelimit-limit-tokens-minute': '60000',
    'x-ratelimit-remaining-tokens-minute': '59000',
  });
  assert.deepEqual(windows?.['requests day'], {
    usedPercent: 75,
    windowMinutes: 1_440,
    resetAtEpochS: nowS + 33_012,
    total: 1000,
    remaining: 250,
    feature: 'requests',
  });
  assert.equal(windows?.['tokens minute']?.windowMinutes, 1);
});

test('Anthropic’s', () => {
  assert.deepEqual(
    windowsOf({
      'anthropic-ratelimit-input-tokens-limit': '2000000',
      'anthropic-ratelimit-input-tokens-remaining': '500000',
      'anthropic-ratelimit-input-tokens-reset': '2026-09-21T14:00:00Z',
      'anthropic-ratelimit-unified-5h-utilization': '0.93',
      'anthropic-ratelimit-unified-5h-reset': '1790003600',
      'anthropic-ratelimit-unified-status': 'allowed',
      'anthropic-ratelimit-tokens-limit': 'many',
      'anthropic-ratelimit-output-tokens-limit': '0',
      'anthropic-ratelimit-output-tokens-remaining': '0',
    }),
    {
      'input tokens': {
        usedPercent: 75,
        resetAtEpochS: Date.UTC(2026, 8, 21, 14) / 1000,
        total: 2_000_000,
        remaining: 500_000,
        feature: 'input tokens',
      },
      '5h': { usedPercent: 93, windowMinutes: 300, resetAtEpochS: 1_790_003_600 },
    },
  );
});

test('a time in milliseconds, as OpenRouter has it', () => {
  assert.deepEqual(
    windowsOf({ 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1790003600000' }),
    { requests: { usedPercent: 100, resetAtEpochS: 1_790_003_600, total: 50, remaining: 0, feature: 'requests' } },
  );
});

test('nonsense is no quota, and nothing throws', () => {
  assert.equal(windowsOf({}), undefined);
  assert.equal(windowsOf({ 'x-ratelimit-limit-requests': 'many', 'x-ratelimit-remaining-requests': '-' }), undefined);
  const word = fc.constantFrom(
    'limit',
    'remaining',
    'reset',
    'utilization',
    'requests',
    'tokens',
    'day',
    '5h',
    '__proto__',
  );
  const name = fc
    .tuple(fc.constantFrom('x-ratelimit-', 'anthropic-ratelimit-', ''), fc.array(word, { maxLength: 5 }))
    .map(([prefix, words]) => prefix + words.join('-'));
  const value = fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom('1e999', '0', '', ' ', '9h9h9h'));
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 20 }), (headers) => {
      const windows = Object.values(windowsOf(headers as Record<string, string>) ?? {});
      assert.ok(windows.every(({ usedPercent }) => usedPercent >= 0 && usedPercent <= 100));
    }),
  );
});

test('a server’s nonsense costs no answer', async (t) => {
  const h = await createBoxHarness(t, { settings: { quota: { reserve: '10%', atReserve: 'refuse' } } });
  const headers = {
    'x-ratelimit-limit-requests-day': '1e308',
    'x-ratelimit-remaining-requests-day': '0',
    'x-ratelimit-reset-requests-day': '1e300',
    'x-codex-primary-used-percent': 'NaN',
    'x-ratelimit-reset-tokens': '\u00ff',
  };
  h.box.refuse(200, scriptChatCompletion('Hello', { model: 'fake-model' }), headers);
  const ask = async () => (await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello })).status;
  assert.equal(await ask(), 200);
  // All of the day is used, as far as it is told: it is held to for a day, whatever the time says.
  assert.equal(await ask(), 429);
  assert.equal((await h.fetch('/ready')).status, 200);
});
