/** A configuration that changes while the server runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness, type Harness } from '../support/index.ts';

const hello = { model: 'gpt-5.5', stream: true, messages: [{ role: 'user', content: 'Hello' }] };

const post = (h: Harness, body: object, headers: Record<string, string> = {}) =>
  h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function modelOf(h: Harness, model: string): Promise<string | null> {
  const answer = await post(h, { ...hello, model });
  await answer.text();
  return answer.headers.get('x-opencompat-model');
}

test('an alias, a provider, a client key and a limit that are added count at once', async (t) => {
  const h = await createHarness(t);
  assert.equal((await post(h, { ...hello, model: 'fast' })).status, 404);
  const report = await h.reload({ aliases: { fast: 'gpt-5.5' } });
  assert.deepEqual(report, { outcome: 'taken', changes: ['aliases.fast added'], waiting: [] });
  assert.equal(await modelOf(h, 'fast'), 'chatgpt/gpt-5.5');

  await h.reload({ rateLimit: 1 });
  assert.equal((await post(h, hello)).status, 429);
  await h.reload({ apiKeys: ['a-key'], rateLimit: 100 });
  assert.equal((await post(h, hello)).status, 401);
  assert.equal((await post(h, hello, { authorization: 'Bearer a-key' })).status, 200);
});

test('a faulty file changes nothing', async (t) => {
  const h = await createHarness(t);
  const report = await h.reload({ aliasse: { fast: 'gpt-5.5' }, rateLimit: 'x' } as never);
  assert.equal(report.outcome, 'refused');
  assert.equal((await post(h, hello)).status, 200);
});
