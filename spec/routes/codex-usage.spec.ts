/** The windows of the plan in the form in which the Codex CLI asks for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness } from '../support/harness.ts';

const inAnHour = () => Math.floor(Date.now() / 1000) + 3_600;

for (const path of ['/api/codex/usage', '/backend-api/wham/usage']) {
  test(`GET ${path}: the shortest window is the primary one, the longest the secondary one`, async (t) => {
    const h = await createHarness(t, { apiKey: 'a-key' });
    const resetAt = inAnHour();
    h.upstream.rateLimits = {
      primary: { used_percent: 41.6, window_minutes: 10_080, reset_at: resetAt },
      secondary: { used_percent: 100, window_minutes: 300, reset_at: resetAt + 60 },
    };
    const answer = await h.fetch(path);
    assert.equal(answer.status, 200);
    const { rate_limit, ...rest } = (await answer.json()) as Record<string, Record<string, Record<string, number>>>;
    assert.deepEqual(rest, {
      plan_type: 'plus',
      code_review_rate_limit: null,
      additional_rate_limits: [],
      credits: { has_credits: false, unlimited: false, balance: '0' },
    });
    const { allowed, limit_reached, primary_window, secondary_window } = rate_limit!;
    assert.deepEqual([allowed, limit_reached], [false, true]);
    const { reset_after_seconds = 0, ...primary } = primary_window!;
    assert.deepEqual(primary, { used_percent: 100, limit_window_seconds: 18_000, reset_at: resetAt + 60 });
    assert.ok(reset_after_seconds > 3_600 && reset_after_seconds <= 3_660);
    assert.deepEqual([secondary_window!.used_percent, secondary_window!.limit_window_seconds], [42, 604_800]);

    assert.equal((await fetch(`${h.url}${path}`)).status, 401);
  });
}

test('the backend is asked once a minute at most; answers tell it too', async (t) => {
  const h = await createHarness(t);
  const asked = () => h.upstream.otherRequests.filter(({ path }) => path.endsWith('/wham/usage')).length;
  h.upstream.rateLimits = { primary: { used_percent: 12, window_minutes: 300, reset_at: inAnHour() } };
  for (const _ of [1, 2, 3]) await (await h.fetch('/api/codex/usage')).json();
  assert.equal(asked(), 1);
  h.upstream.rateLimits = { primary: { used_percent: 13, window_minutes: 300, reset_at: inAnHour() } };
  await h.client.chat.completions.create({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] });
  const usage = (await (await h.fetch('/api/codex/usage')).json()) as {
    rate_limit: { primary_window: { used_percent: number }; secondary_window: null };
  };
  assert.equal(usage.rate_limit.primary_window.used_percent, 13);
  assert.equal(usage.rate_limit.secondary_window, null);
  assert.equal(asked(), 1);
});

test('without a sign-in nothing is known, and nobody is asked', async (t) => {
  const h = await createHarness(t, { isSignedIn: false });
  const answer = await h.fetch('/api/codex/usage');
  assert.deepEqual(await answer.json(), {
    plan_type: 'unknown',
    rate_limit: null,
    code_review_rate_limit: null,
    additional_rate_limits: [],
    credits: null,
  });
  assert.deepEqual(h.upstream.otherRequests, []);
});
