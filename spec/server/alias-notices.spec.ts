/** What the log of a start says of aliases that are not what they seem. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeOpenAiServer } from '../support/fake-openai-server.ts';
import { createHarness } from '../support/index.ts';

test('an alias in front of a model of its name, and one that leads nowhere, are told once', async (t) => {
  const box = await createFakeOpenAiServer({ models: ['gpt-4o', 'llama'] });
  t.after(() => box.close());
  const config = { aliases: { 'gpt-4o': 'gpt-5.5', fine: 'gpt-5.5', llama: ['box/llama', 'gpt-5.5'] } };
  const h = await createHarness(t, {
    providers: { box: { type: 'openai-compatible', baseURL: box.url, models: ['gpt-4o', 'llama'] } },
    config,
  });
  const told = h.logs.filter(({ message }) => String(message).startsWith('alias '));
  assert.deepEqual(
    told.map(({ level, message }) => [level, message]),
    [['warn', 'alias gpt-4o → chatgpt/gpt-5.5 (the alias counts, not box/gpt-4o)']],
  );
  const ask = async (model: string) =>
    (
      await h.fetch('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
      })
    ).headers.get('x-opencompat-model');
  assert.equal(await ask('gpt-4o'), 'chatgpt/gpt-5.5');
  assert.equal(await ask('box/gpt-4o'), 'box/gpt-4o');
});

test('an alias that leads nowhere is told as soon as the lists are known', async (t) => {
  const box = await createFakeOpenAiServer({ models: ['llama'] });
  t.after(() => box.close());
  const h = await createHarness(t, {
    isSignedIn: false,
    providers: { box: { type: 'openai-compatible', baseURL: box.url, models: ['llama'] } },
    config: { aliases: { lost: ['nowhere', 'box/llama'], gone: 'nowhere' } },
  });
  assert.deepEqual(
    h.logs.map(({ message }) => String(message)).filter((message) => message.startsWith('alias ')),
    [
      'alias lost → box/llama (nobody here serves `nowhere`)',
      'alias gone → leads nowhere (nobody here serves `nowhere`)',
    ],
  );
});
