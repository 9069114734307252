/** What the ledger holds of requests that came over HTTP. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { createBoxHarness, hello, post } from '../support/box-harness.ts';
import { createFakeCopilotModel } from '../support/copilot-refusals.ts';
import { scriptChunks } from '../support/fake-openai-server.ts';
import { createHarness, type Harness, type HarnessOptions, scriptAnswer } from '../support/index.ts';
import { scriptChatCompletion, scriptMessageEvents } from '../support/scripted-forms.ts';
import { rowsOf, type Stored } from './support.ts';

const fileOf = ({ dataDir }: Harness) => join(dataDir, 'usage.sqlite');
const kept = (config: HarnessOptions['config'] = {}) => ({ usageStore: 'file' as const, ...config });

/** The server writes what waits when it stops. */
async function rowsAtEnd(h: Harness): Promise<Stored[]> {
  await h.server.close();
  return rowsOf(fileOf(h));
}

test('a row says who asked what of whom, what came of it and what it cost, and nothing of what was said', async (t) => {
  const prices = { 'gpt-*': { input: 1, cached: 0.5, output: 10 } };
  const h = await createHarness(t, { apiKey: 'a-key', config: kept({ prices, aliases: { mine: 'gpt-5.5' } }) });
  h.upstream.reply(scriptAnswer('The answer nobody may read'));
  const secret = [{ role: 'user' as const, content: 'A question nobody may read' }];
  await h.client.chat.completions.create({ model: 'mine', messages: secret, seed: 7 });
  await h.client.models.list();
  const [row, ...more] = await rowsAtEnd(h);
  assert.deepEqual(more, []);
  const { id, at, client_id, first_byte_ms, total_ms, overhead_ms, input_tokens, cached_tokens, ...rest } = row!;
  const { output_tokens, reasoning_tokens, cost, validated_ms, resolved_ms, sent_ms, ...others } = rest;
  const { head_ms, first_token_ms, ...facts } = others;
  assert.deepEqual(facts, {
    number: 1,
    client: 'key-1',
    api: 'chat-completions',
    asked_model: 'mine',
    provider: 'chatgpt',
    model: 'gpt-5.5',
    status: 200,
    outcome: 'ok',
    error: null,
    reason: null,
    upstream_status: null,
    answers: 1,
    credits: 0,
    ignored: 'seed',
    streamed: 0,
    aborted: 0,
    estimated: 0,
  });
  assert.ok(Math.abs(Date.now() - Number(at)) < 60_000);
  assert.match(String(client_id), /^[0-9a-f]{64}$/);
  assert.ok(Number(first_byte_ms) > 0 && Number(first_byte_ms) <= Number(total_ms));
  assert.ok(Number(overhead_ms) <= Number(total_ms));
  const moments = [0, validated_ms, resolved_ms, sent_ms, head_ms, first_token_ms, first_byte_ms].map(Number);
  assert.deepEqual(
    moments,
    moments.toSorted((a, b) => a - b),
  );
  assert.ok(moments.slice(1).every((ms) => ms > 0));
  const line = h.logs.find(({ message, api }) => message === 'request' && api === 'chat-completions')!;
  assert.deepEqual(
    [id, input_tokens, cached_tokens, output_tokens, reasoning_tokens],
    [line.id, line.input_tokens, line.cached_tokens, line.output_tokens, line.reasoning_tokens],
  );
  const fresh = Number(input_tokens) - Number(cached_tokens);
  assert.equal(cost, (fresh + Number(cached_tokens) * 0.5 + Number(output_tokens) * 10) / 1e6);
  for (const suffix of ['', '-wal']) {
    const bytes = await readFile(fileOf(h) + suffix).catch(() => Buffer.alloc(0));
    assert.ok(!bytes.includes('nobody may read'));
  }
});

test('failures have their cause; strangers and pages have no row', async (t) => {
  const h = await createHarness(t, { apiKey: 'a-key', config: kept() });
  h.upstream.refuse(503, { error: { message: 'Out of order', code: 'server_is_overloaded' } });
  await assert.rejects(h.client.chat.completions.create({ model: 'gpt-5.5', messages: hello }));
  await assert.rejects(h.client.chat.completions.create({ model: 'unknown', messages: hello }));
  await post(h, '/v1/messages', {});
  await post(h, '/v1/chat/completions', {}, { authorization: 'Bearer wrong' });
  await fetch(`${h.url}/v1/chat/completions`, { method: 'POST', body: '{}' });
  await h.fetch('/v1/models');
  await h.fetch('/health');
  const rows = await rowsAtEnd(h);
  assert.deepEqual(
    rows.map(({ api, asked_model, status, error, upstream_status, answers }) => [
      api,
      asked_model,
      status,
      error,
      upstream_status,
      answers,
    ]),
    [
      ['chat-completions', 'gpt-5.5', 503, 'OC_OVERLOADED', 503, 1],
      ['chat-completions', 'unknown', 404, 'OC_MODEL_NOT_FOUND', null, 0],
      ['messages', null, 400, 'OC_MISSING_PARAMETER', null, 0],
    ],
  );
  assert.match(String(rows[0]!.reason), /Out of order/);
});

test('each answer of `n` counts, and each request on a WebSocket has its row', async (t) => {
  const h = await createHarness(t, { config: kept() });
  await h.client.chat.completions.create({ model: 'gpt-5.5', messages: hello, n: 3 });
  const socket = new WebSocket(`${h.url.replace('http', 'ws')}/v1/responses`);
  await new Promise((resolve) => socket.once('open', resolve));
  for (let turn = 0; turn < 2; turn += 1) {
    socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5.5', input: 'Hello' }));
    await new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        if (JSON.parse(String(data)).type === 'response.completed') resolve();
      });
    });
  }
  socket.terminate();
  assert.deepEqual(
    (await rowsAtEnd(h)).map(({ api, answers, client }) => [api, answers, client]),
    [
      ['chat-completions', 3, '127.0.0.1'],
      ['responses', 1, '127.0.0.1'],
      ['responses', 1, '127.0.0.1'],
    ],
  );
});

test('the usage of a stream that is passed on is read from its end', async (t) => {
  const h = await createBoxHarness(t, { config: kept() });
  const usage = {
    prompt_tokens: 30,
    completion_tokens: 12,
    total_tokens: 42,
    prompt_tokens_details: { cached_tokens: 20 },
  };
  const body = { model: 'box/fake-model', messages: hello, stream: true };
  h.box.reply([...scriptChunks('Hello'), { id: 'c', object: 'chat.completion.chunk', choices: [], usage }]);
  await (await post(h, '/v1/chat/completions', body)).text();
  const [row] = await rowsAtEnd(h);
  assert.deepEqual([row!.input_tokens, row!.cached_tokens, row!.output_tokens, row!.streamed], [30, 20, 12, 1]);
  assert.equal(row!.estimated, 0);
});

for (const [what, path, body] of [
  ['a stream that is passed on', '/v1/chat/completions', { messages: hello, stream: true }],
  ['an answer that is passed on', '/v1/chat/completions', { messages: hello }],
  ['a stream that is translated', '/v1/messages', { messages: hello, max_tokens: 500, stream: true }],
] as const) {
  test(`${what} and tells no tokens has a row with a guess, which says so`, async (t) => {
    const h = await createBoxHarness(t, { config: kept() });
    const text = 'A word or two of the answer. '.repeat(200);
    if ('stream' in body) h.box.reply(scriptChunks(text).slice(0, -1));
    else h.box.refuse(200, { ...scriptChatCompletion(text, { model: 'fake-model' }), usage: undefined });
    await (await post(h, path, { model: 'box/fake-model', ...body })).text();
    const [row] = await rowsAtEnd(h);
    const { estimated, input_tokens, output_tokens, outcome } = row!;
    assert.deepEqual([outcome, estimated], ['ok', 1]);
    assert.ok(Number(input_tokens) > 0 && Number(input_tokens) < 50, String(input_tokens));
    const about = text.length / 4;
    assert.ok(Number(output_tokens) > about * 0.7 && Number(output_tokens) < about * 1.3, String(output_tokens));
  });
}

test('a client that leaves has a row that says so', async (t) => {
  const h = await createHarness(t, { config: kept() });
  const left = new AbortController();
  h.upstream.reply(scriptAnswer('Hello').slice(0, -1), { hang: true });
  const stream = await h.client.chat.completions.create(
    { model: 'gpt-5.5', messages: hello, stream: true },
    { signal: left.signal },
  );
  for await (const _chunk of stream) break;
  left.abort();
  while (!h.logs.some(({ message, api }) => message === 'request' && api)) await new Promise(setImmediate);
  const [row] = await rowsAtEnd(h);
  assert.deepEqual([row!.outcome, row!.aborted, row!.status], ['client-left', 1, 200]);
});

const copilotUsage = { total_nano_aiu: 1_503_250_000, token_details: [] };

/** Signed in to Copilot alone, with the list of its models at hand. */
async function createCopilotHarness(t: TestContext, copilot: HarnessOptions['copilot'] = true): Promise<Harness> {
  const h = await createHarness(t, { copilot, isSignedIn: false, config: kept() });
  while (!(await h.client.models.list()).data.some(({ id }) => /^gpt-4.1|^priced/.test(id)))
    await new Promise(setImmediate);
  return h;
}

test('Copilot’s credits are taken from the ends of its answers, whichever API they come in', async (t) => {
  const h = await createCopilotHarness(t);
  const events = scriptAnswer('Hello', { model: 'gpt-5.4' }).slice(1);
  h.copilot.reply(events.map((e) => (e.type === 'response.completed' ? { ...e, copilot_usage: copilotUsage } : e)));
  await h.client.chat.completions.create({ model: 'gpt-5.4', messages: hello });
  const chunks = scriptChunks('Hello') as { usage?: unknown }[];
  const end = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 }, copilot_usage: copilotUsage };
  h.copilot.reply([...chunks, end]);
  await h.client.chat.completions.create({ model: 'gpt-4.1', messages: hello });
  const message = scriptMessageEvents('Hello', { model: 'claude-sonnet-4.5', id: 'x' }) as { type: string }[];
  h.copilot.reply(message.map((e) => (e.type === 'message_delta' ? { ...e, copilot_usage: copilotUsage } : e)));
  await (await post(h, '/v1/messages', { model: 'claude-sonnet-4.5', max_tokens: 50, messages: hello })).text();
  assert.deepEqual(
    (await rowsAtEnd(h)).map(({ model, credits, cost }) => [model, credits, cost]),
    ['gpt-5.4', 'gpt-4.1', 'claude-sonnet-4.5'].map((model) => [model, 1.50325, 0.0150325]),
  );
});

test('an answer of Copilot’s that tells no credits is counted by the prices of its list', async (t) => {
  const priced = createFakeCopilotModel('priced');
  const prices = { input_price: 300, output_price: 1500, cache_read_price: 30, batch_size: 1_000_000 };
  const billing = { token_prices: { default: prices } };
  const h = await createCopilotHarness(t, { models: [{ ...priced, entry: { ...priced.entry, billing } }] });
  const usage = { prompt_tokens: 1000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 400 } };
  h.copilot.reply([...(scriptChunks('Hello') as object[]), { choices: [], usage }]);
  await h.client.chat.completions.create({ model: 'priced', messages: hello });
  const [row] = await rowsAtEnd(h);
  assert.equal(row!.credits, 0.342);
});

test('a ledger that cannot be written costs no request; /ready and the log say so', async (t) => {
  const h = await createHarness(t, { config: kept({ usageFile: '.' }) });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const ask = () => h.client.chat.completions.create({ model: 'gpt-5.5', messages: hello });
  await ask();
  for (let n = 0; n < 2; n += 1) t.mock.timers.tick(5000);
  assert.ok((await ask()).choices[0]!.message.content);
  const ready = (await (await h.fetch('/ready')).json()) as {
    status: string;
    usage: { ready: boolean; reason: string };
  };
  t.mock.timers.reset();
  assert.equal(ready.status, 'ready');
  assert.equal(ready.usage.ready, false);
  assert.match(ready.usage.reason, /directory/i);
  assert.equal(h.logs.filter(({ message }) => /usage of requests cannot be recorded/.test(String(message))).length, 1);
});
