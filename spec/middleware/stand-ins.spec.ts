import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness, type Harness } from '../support/index.ts';

const notice = /another one answers/;

async function ask(h: Harness, model: string): Promise<Response> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  return h.fetch('/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

test('a well-known name that nobody lists is answered, which the answer and once the log tell', async (t) => {
  const h = await createHarness(t, { models: ['gpt-5.5', 'gpt-5.4-mini'] });
  for (const model of ['gpt-4o', 'gpt-4o', 'gpt-4o-mini']) {
    const answer = await ask(h, model);
    assert.equal(answer.status, 200);
    const { model: named } = (await answer.json()) as { model: string };
    assert.equal(named, model);
    const standIn = model === 'gpt-4o' ? 'chatgpt/gpt-5.5' : 'chatgpt/gpt-5.4-mini';
    assert.equal(answer.headers.get('x-opencompat-model'), standIn);
  }
  const told = h.logs.filter(({ message }) => notice.test(message)).map(({ model, standIn }) => [model, standIn]);
  assert.deepEqual(told, [
    ['gpt-4o', 'chatgpt/gpt-5.5'],
    ['gpt-4o-mini', 'chatgpt/gpt-5.4-mini'],
  ]);
  assert.equal((await ask(h, 'gpt-99')).status, 404);
});

test('without stand-ins such a name is unknown', async (t) => {
  const h = await createHarness(t, { config: { modelStandIns: false } });
  assert.equal((await ask(h, 'gpt-4o')).status, 404);
  assert.equal((await ask(h, 'gpt-5.5')).status, 200);
});

test('a client key may name a model by a well-known name only if that or its stand-in is allowed', async (t) => {
  const hash = 'sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683';
  const h = await createHarness(t, {
    config: { clientKeys: [{ name: 'k', hash, models: ['gpt-5.4-mini'] }] },
    apiKey: 'key',
    models: ['gpt-5.5', 'gpt-5.4-mini'],
  });
  assert.equal((await ask(h, 'gpt-4o-mini')).status, 200);
  assert.equal((await ask(h, 'gpt-4o')).status, 404);
});
