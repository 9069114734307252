import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createHarness, type Harness } from '../support/index.ts';

const ask = (h: Harness, model: string) =>
  h.fetch('/v1/chat/completions', {
    method: 'POST',
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });

async function lineOf(h: Harness, answer: Response) {
  await answer.text();
  const id = answer.headers.get('x-request-id');
  for (;;) {
    const line = h.logs.find((candidate) => candidate.message === 'request' && candidate.id === id);
    if (line) return line;
    await nextTurn();
  }
}

test('a line names the model that was asked for, also one that there is not', async (t) => {
  const h = await createHarness(t, { config: { aliases: { 'my-*': 'gpt-5.5' } } });
  const found = await lineOf(h, await ask(h, 'my-own'));
  assert.deepEqual([found.model, found.upstream_model, found.status], ['my-own', 'gpt-5.5', 200]);
  const missing = await lineOf(h, await ask(h, 'gtp-5.5'));
  assert.deepEqual([missing.model, missing.error, missing.status], ['gtp-5.5', 'OC_MODEL_NOT_FOUND', 404]);
});

test('what is no word does not get into the log by the name of a model', async (t) => {
  const h = await createHarness(t, { config: { aliases: { 'my-*': 'gpt-5.5' } } });
  for (const name of ['my-\nINFO request status=200', 'nothing\n2026 INFO']) {
    assert.equal((await lineOf(h, await ask(h, name))).model, undefined);
  }
});
