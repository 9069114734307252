/** Where the operator sees the quota. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConsole } from '../routes/console/support.ts';
import { hello, post } from '../support/box-harness.ts';

test('the console asks for the quota, and metrics show what is known of it', async (t) => {
  const h = await createConsole(t);
  const reset_at = Math.floor(Date.now() / 1000) + 2 * 86_400;
  h.upstream.rateLimits = {
    primary: { used_percent: 93, window_minutes: 10_080, reset_at },
    secondary: { used_percent: 2, window_minutes: 300, reset_at: reset_at - 86_400 },
  };
  const { providers } = await h.admin<{ providers: { name: string; quota: Record<string, unknown>[] }[] }>(
    'GET',
    'overview',
  );
  const { quota } = providers.find(({ name }) => name === 'chatgpt')!;
  const [hours, week] = quota;
  assert.deepEqual([hours!.label, hours!.usedPercent, hours!.pacePercent], ['5 hours', 2, undefined]);
  const { pacePercent, runsDryAt, ...rest } = week!;
  assert.deepEqual(rest, {
    label: 'week',
    minutes: 10_080,
    usedPercent: 93,
    resetsAt: new Date(reset_at * 1000).toISOString(),
  });
  assert.equal(Math.round(pacePercent as number), 71);
  assert.ok(Date.parse(runsDryAt as string) < reset_at * 1000);
  assert.deepEqual(providers.find(({ name }) => name === 'demo')?.quota, []);

  await (await post(h, '/v1/chat/completions', { model: 'gpt-5.5', messages: hello })).text();
  const text = await (await h.fetch('/metrics')).text();
  assert.match(text, /^opencompat_quota_used_ratio\{provider="chatgpt",window="week"\} 0\.93$/m);
  assert.ok(text.includes(`opencompat_quota_reset_timestamp_seconds{provider="chatgpt",window="week"} ${reset_at}`));
});
