/** The example plugins of the guide, each in a whole server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { writeHash } from '../../lib/config/key-hash.ts';
import { openProvider } from '../support/every-provider.ts';
import { createHarness, type HarnessOptions, scriptAnswer } from '../support/index.ts';

const hello = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Hello' }] };

function withPlugin(t: TestContext, name: string, options: object, more: HarnessOptions = {}) {
  const plugin = join(import.meta.dirname, `${name}.ts`);
  const entry = { plugin, enabled: true, options: options as Record<string, unknown> };
  return createHarness(t, { ...more, config: { ...more.config, middleware: [entry] } });
}

test('mask: both ways, also split between deltas, in tools’ arguments too', async (t) => {
  const h = await withPlugin(t, 'mask', { patterns: ['\\d{4}-\\d{4}', 'falcon'], by: '#' });
  h.upstream.reply(
    scriptAnswer([{ text: ['Card 12', '34-56', '78 of Fal', 'con'] }, { call: 'find', arguments: { q: '1234-5678' } }]),
  );
  const content = 'Card 1234-5678';
  const { choices } = await h.client.chat.completions.create({ ...hello, messages: [{ role: 'user', content }] });
  const [choice] = choices;
  assert.equal(choice!.message.content, 'Card # of #');
  assert.match(JSON.stringify(choice!.message.tool_calls), /\{\\"q\\":\\"#\\"\}/);
  assert.doesNotMatch(JSON.stringify(h.upstream.last.body), /1234/);
});

test('mask: refuses, tokens too', async (t) => {
  const h = await withPlugin(t, 'mask', { patterns: ['hello'], action: 'refuse' });
  await assert.rejects(h.client.chat.completions.create(hello), { status: 403, code: 'forbidden_text' });
  const tokens = h.client.embeddings.create({ model: 'gpt-5.5', input: [[1, 2]] });
  await assert.rejects(tokens, { code: 'unreadable_input' });
  assert.equal(h.upstream.requests.length, 0);
});

test('instructions: by the key’s name, before the client’s own', async (t) => {
  // Keys in plain text are named `key-1` and so on.
  const config = { apiKeys: ['anna-key-anna-key', 'ben-key-ben-key'] };
  const h = await withPlugin(t, 'instructions', { byKey: { 'key-1': 'Be brief.', '*': 'Be kind.' } }, { config });
  for (const [key, expected] of [
    ['anna-key-anna-key', 'Be brief.'],
    ['ben-key-ben-key', 'Be kind.'],
  ] as const) {
    const messages = [{ role: 'system' as const, content: 'Own.' }, ...hello.messages];
    const answer = await h.client.withOptions({ apiKey: key }).chat.completions.create({ ...hello, messages });
    assert.ok(answer.id);
    const sent = JSON.stringify(h.upstream.last.body);
    assert.ok(sent.includes(expected), sent);
    assert.ok(sent.includes('Own.'));
  }
});

test('answer-cache: what is certain is asked once, in every API, and of each client anew', async (t) => {
  const h = await withPlugin(t, 'answer-cache', {});
  const sure = { ...hello, temperature: 0 };
  const first = await h.client.chat.completions.create(sure);
  const stream = await h.client.chat.completions.create({ ...sure, stream: true });
  let streamed = '';
  for await (const chunk of stream) streamed += chunk.choices[0]?.delta.content ?? '';
  assert.equal(streamed, first.choices[0]!.message.content);
  assert.equal(h.upstream.requests.length, 1);
  await h.client.chat.completions.create({ ...hello });
  assert.equal(h.upstream.requests.length, 2);
  assert.match(await (await h.fetch('/metrics')).text(), /answer_cache_total\{result="hit"\} 1/);
});

test('answer-cache: vectors are asked for once', async (t) => {
  const plugin = join(import.meta.dirname, 'answer-cache.ts');
  const config = { middleware: [{ plugin, enabled: true, options: {} }] };
  const { harness, embeddingsModel } = await openProvider(t, 'copilot over /responses', { config });
  const embed = (input: string[]) => harness.client.embeddings.create({ model: embeddingsModel!, input });
  const [first, again] = [await embed(['one', 'two']), await embed(['one', 'two'])];
  assert.equal(again.data.length, 2);
  assert.deepEqual(again.data, first.data);
  await embed(['two', 'one']);
  const metrics = await (await harness.fetch('/metrics')).text();
  for (const told of ['{result="hit"} 1', '{result="miss"} 2']) assert.ok(metrics.includes(told), metrics);
});

test('answer-cache: admins see it on a page, and empty it', async (t) => {
  const adminKeys = [writeHash('the-admin-key')];
  const h = await withPlugin(t, 'answer-cache', {}, { config: { adminKeys } });
  const sure = { ...hello, temperature: 0 };
  const headers = { authorization: 'Bearer the-admin-key' };
  const at = (path: string, method = 'GET') =>
    h.fetch(`/console/api/plugins/answer-cache/${path}`, { method, headers });
  await h.client.chat.completions.create(sure);
  assert.deepEqual(await (await at('answers')).json(), { kept: 1, entries: 500 });
  const page = await (await at('cache.html')).text();
  const [, script] = /<script type="module" src="([^"]+)">/.exec(page)!;
  assert.match((await at(script!)).headers.get('content-type')!, /javascript/);
  assert.doesNotMatch(page, /<style|style=|onclick/);
  assert.equal((await at('answers', 'DELETE')).status, 204);
  await h.client.chat.completions.create(sure);
  assert.equal(h.upstream.requests.length, 2);
});

test('webhook: failures and spent quota, each once', async (t) => {
  const told: { cause: string }[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const receiver = createServer(async (req: IncomingMessage, res) => {
    told.push(JSON.parse(await text(req)));
    res.end();
    if (told.length === 2) resolve();
  }).listen(0, '127.0.0.1');
  t.after(() => receiver.close());
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const h = await withPlugin(t, 'webhook', { url, quotaPercent: 40 });
  await h.client.chat.completions.create(hello);
  for (let time = 0; time < 2; time += 1) {
    h.upstream.refuse(500, { error: { message: 'broken' } });
    await assert.rejects(h.client.chat.completions.create(hello));
  }
  await promise;
  assert.deepEqual(told.map(({ cause }) => cause).toSorted(), ['quota chatgpt', 'upstream-failed OC_UPSTREAM_ERROR']);
});

test('router: the first rule that fits names the model', async (t) => {
  const rules = [
    { pattern: '\\bcode\\b', model: 'gpt-5.5-high' },
    { longerThan: 100, model: 'gpt-5.5-medium' },
    { model: 'gpt-5.5-low' },
  ];
  const h = await withPlugin(t, 'router', { rules });
  for (const [content, effort] of [
    ['Write code', 'high'],
    ['x'.repeat(200), 'medium'],
    ['Hi', 'low'],
  ] as const) {
    await h.client.chat.completions.create({ model: 'auto', messages: [{ role: 'user', content }] });
    assert.equal((h.upstream.last.body as { reasoning: { effort: string } }).reasoning.effort, effort);
  }
});

test('each example stands in its README, with a configuration that can be served', async (t) => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => parse(block!).middleware[0]);
  const named = blocks.map(({ plugin }) => plugin.slice('./'.length)).sort();
  const files = readdirSync(import.meta.dirname).filter((name) => /^[^.]+\.ts$/.test(name));
  assert.deepEqual(named, files.sort());
  const middleware = blocks.map(({ plugin, options }) => ({
    plugin: join(import.meta.dirname, plugin),
    enabled: true,
    options,
  }));
  const h = await createHarness(t, { config: { middleware } });
  const answer = await h.client.chat.completions.create({ ...hello, model: 'auto' });
  assert.match(JSON.stringify(h.upstream.last.body), /Be brief\./);
  assert.ok(answer.choices[0]!.message.content);
});
