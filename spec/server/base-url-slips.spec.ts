/** Base URLs with a `/v1` too few or too many, of clients and of the servers behind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AzureOpenAI } from 'openai';
import { findOtherBaseUrl, toBaseUrl } from '../../lib/providers/openai-compatible/base-url.ts';
import { createFakeOpenAiServer } from '../support/fake-openai-server.ts';
import { createHarness } from '../support/index.ts';

test('a client whose base URL has a /v1 too few or too many is served', async (t) => {
  const h = await createHarness(t);
  const messages = [{ role: 'user', content: 'Hello' }];
  const post = (path: string, body: object) =>
    h.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const chat = { model: 'gpt-5.5', messages };
  for (const [path, body] of [
    ['/chat/completions', chat],
    ['/v1/v1/chat/completions', chat],
    ['/v1/v1/v1/chat/completions?x=1', chat],
    ['/api/v1/chat/completions', chat],
    ['/responses', { model: 'gpt-5.5', input: 'Hello' }],
    ['/v1/v1/messages', { ...chat, max_tokens: 100 }],
    ['/messages', { ...chat, max_tokens: 100 }],
    ['/v1/api/chat', { ...chat, stream: false }],
    ['/api/api/chat', { ...chat, stream: false }],
    ['/v1//chat/completions', chat],
    ['/v1/chat/completions/chat/completions', chat],
    ['/v1/messages/v1/messages', { ...chat, max_tokens: 100 }],
    ['/api/chat/api/chat', { ...chat, stream: false }],
    ['/openai/v1/chat/completions', chat],
    ['/v1beta/openai/chat/completions', chat],
  ] as const) {
    const answer = await post(path, body);
    assert.equal(answer.status, 200, `${path}: ${await answer.text()}`);
  }
  const doubled = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(chat) };
  assert.equal((await fetch(`${h.url}//v1//chat/completions`, doubled)).status, 200);
  for (const path of [
    '/models',
    '/v1/v1/models',
    '/v1//models',
    '/models/gpt-5.5',
    '/v1/api/tags',
    '/v1/api/version',
  ]) {
    assert.equal((await h.fetch(path)).status, 200, path);
  }
});

test('the log says once what each base URL should be', async (t) => {
  const h = await createHarness(t);
  const ask = (path: string, headers = {}) => h.fetch(path, { headers });
  for (const path of ['/models', '/models/gpt-5.5', '/v1/v1/models', '/v1/api/tags', '/v1/v1/models']) await ask(path);
  await ask('/proxy\n/v1/models');
  await ask('/openai/v1/models', { 'anthropic-version': '2026-10-21' });
  const told = h.logs.filter(({ message }) => message.includes('base URL'));
  assert.deepEqual(
    told.map(({ message, given }) => [given, /should have (.+) behind/.exec(message)?.[1]]),
    [
      ['nothing', '`/v1`'],
      ['/v1/v1', '`/v1`'],
      ['/v1', 'nothing'],
      ['/openai', 'nothing'],
    ],
  );
  for (let index = 0; index < 40; index += 1) await ask(`/v1/${'/'.repeat(index)}models`);
  assert.ok(h.logs.filter(({ message }) => message.includes('base URL')).length <= 20);
});

test('clients of Azure name the model in the path and the key in a header of their own', async (t) => {
  const h = await createHarness(t, { apiKey: 'oc-key' });
  const client = new AzureOpenAI({ endpoint: h.url, apiKey: 'oc-key', apiVersion: '2026-10-01', maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  const answer = await client.chat.completions.create({ model: 'gpt-5.5', messages });
  assert.ok(answer.choices[0]?.message.content);
  assert.equal(h.upstream.last.body.model, 'gpt-5.5');
  assert.ok((await client.responses.create({ model: 'gpt-5.5', input: 'Hello' })).output_text);
  assert.ok((await client.models.list()).data.length > 0);

  const post = (path: string, key: string, body: unknown) =>
    fetch(`${h.url}${path}`, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const path = '/openai/deployments/gpt-5.5-high/chat/completions?api-version=2026-10-01';
  // The path decides, as in Azure; some clients send no model, or another name for it.
  for (const body of [{ messages }, { model: 'my-deployment', messages }]) {
    assert.equal((await post(path, 'oc-key', body)).status, 200);
    assert.equal(h.upstream.last.body.reasoning.effort, 'high');
  }
  assert.equal((await post(`/v1${path}`, 'oc-key', { messages })).status, 200);
  assert.equal((await post(path, 'oc-key', [])).status, 400);
  assert.equal((await post(path, 'wrong', { messages })).status, 401);
  const google = await fetch(`${h.url}/v1/models`, { headers: { 'x-goog-api-key': 'oc-key' } });
  assert.equal(google.status, 401);
});

test('other paths still lead nowhere, and keys are asked for all the same', async (t) => {
  const h = await createHarness(t, { apiKey: 'oc-key' });
  for (const path of ['/v2/models', '/v1', '/nothing', '/v1/nothing', '/v1/metrics', '/v1/health', '/v1/api/nothing']) {
    assert.equal((await h.fetch(path)).status, 404, path);
  }
  for (const path of ['/models', '/v1/v1/models', '/v1/api/tags']) {
    assert.equal((await fetch(`${h.url}${path}`)).status, 401, path);
  }
  assert.equal((await h.fetch('/chat/completions')).status, 405);
});

test('the base URL of a server behind is taken with what people copy behind it', async (t) => {
  for (const [written, meant] of [
    ['http://box:8000', 'http://box:8000/v1'],
    ['http://box:8000/', 'http://box:8000/v1'],
    ['http://box:8000/v1/', 'http://box:8000/v1'],
    ['http://box:8000/v1/v1', 'http://box:8000/v1'],
    ['http://box:8000/v1/chat/completions', 'http://box:8000/v1'],
    ['https://openrouter.ai/api/v1/models/', 'https://openrouter.ai/api/v1'],
    ['http://box:8000/chat/completions', 'http://box:8000/v1'],
    ['https://host/api', 'https://host/api'],
  ] as const) {
    assert.equal(toBaseUrl(written), meant);
  }
  assert.equal(findOtherBaseUrl('https://host/api'), 'https://host/api/v1');
  for (const right of ['https://host/v1', 'https://host/v1beta/openai', 'https://host/api/v1']) {
    assert.equal(findOtherBaseUrl(right), undefined, right);
  }

  const server = await createFakeOpenAiServer({ models: ['llama'] });
  t.after(() => server.close());
  const baseURL = `${new URL(server.url).origin}/api`;
  const h = await createHarness(t, { providers: { box: { type: 'openai-compatible', baseURL } } });
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'box/llama', messages: [{ role: 'user', content: 'Hi' }] }),
  });
  const text = await answer.text();
  assert.equal(answer.status, 502, text);
  assert.ok(text.includes(`Its base URL here is ${baseURL}; is it ${baseURL}/v1?`), text);
});
