/** Client keys with limits: what they may use, over HTTP. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { OpenAI, RateLimitError } from 'openai';
import { WebSocket } from 'ws';
import { createBoxHarness, hello, post } from '../support/box-harness.ts';
import { createHarness, type Harness, type HarnessOptions, scriptAnswer } from '../support/index.ts';
import { ledgerPath } from './support.ts';

const hashOf = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`;
type WrittenKey = NonNullable<NonNullable<HarnessOptions['config']>['clientKeys']>[number];

/** A server whose only client is `laptop`. */
function createLimited(t: TestContext, key: Partial<WrittenKey>, options: HarnessOptions = {}): Promise<Harness> {
  const clientKeys = [{ name: 'laptop', hash: hashOf('a-key'), ...key }];
  return createHarness(t, { ...options, config: { clientKeys, ...options.config } });
}

const clientOf = (h: Harness) => new OpenAI({ baseURL: `${h.url}/v1`, apiKey: 'a-key' });
const ask = (h: Harness, more: object = {}) =>
  clientOf(h).chat.completions.create({ model: 'gpt-5.5', messages: hello, ...more });
const authorization = { authorization: 'Bearer a-key' };

test('a key with two requests a day serves the OpenAI SDK until it is refused, with the time in the error', async (t) => {
  const h = await createLimited(t, { limits: { requests: { day: 2, minute: 100 } } });
  const told = [];
  for (let n = 0; n < 2; n += 1) {
    await clientOf(h).models.list();
    const { response } = await clientOf(h)
      .chat.completions.create({ model: 'gpt-5.5', messages: hello })
      .withResponse();
    told.push(response.headers.get('x-ratelimit-remaining-requests'));
    assert.equal(response.headers.get('x-ratelimit-limit-requests'), '2');
  }
  assert.deepEqual(told, ['1', '0']);
  const refusal = await ask(h).catch((error) => error);
  assert.ok(refusal instanceof RateLimitError);
  assert.match(
    refusal.message,
    /^429 The API key `laptop` has reached its limit of 2 requests per day\. The next day begins at \d{4}-\d\d-\d\dT00:00:00Z, in \d+s\.$/,
  );
  const retryAfterS = Number(refusal.headers.get('retry-after'));
  const leftS = (86_400_000 - (Date.now() % 86_400_000)) / 1000;
  assert.ok(Math.abs(retryAfterS - leftS) < 60, `${retryAfterS} of ${leftS}`);
  assert.equal(refusal.headers.get('x-ratelimit-remaining-requests'), '0');
  // The SDK would ask in vain.
  if (retryAfterS > 60) assert.equal(refusal.headers.get('x-should-retry'), 'false');
  assert.equal(h.upstream.requests.length, 2);
});

test('each API refuses in its own form', async (t) => {
  const h = await createLimited(t, { limits: { requests: { month: 0 } } }, { config: { rateLimit: 0 } });
  const refusalOf = async (path: string, body: object) => {
    const answer = await post(h, path, { model: 'gpt-5.5', ...body }, authorization);
    assert.equal(answer.status, 429);
    return (await answer.json()) as { error: string & { type: string; code: string } };
  };
  const limit = /limit of 0 requests per month/;
  assert.equal((await refusalOf('/v1/responses', { input: 'Hello' })).error.code, 'rate_limit_exceeded');
  assert.equal((await refusalOf('/v1/messages', { max_tokens: 9, messages: hello })).error.type, 'rate_limit_error');
  assert.match((await refusalOf('/api/chat', { messages: hello })).error, limit);
  const socket = new WebSocket(`${h.url.replace('http', 'ws')}/v1/responses`, { headers: authorization });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5.5', input: 'Hello' }));
  const frame = await new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.terminate();
  const { status, error } = JSON.parse(frame);
  assert.equal(status, 429);
  assert.match(error.message, limit);
});

test('`n` and lists of prompts count as what they make upstream; what is never sent counts nothing', async (t) => {
  const h = await createLimited(t, { limits: { requests: { day: 6 } } });
  await ask(h, { n: 3 });
  await assert.rejects(ask(h, { model: 'unknown' }), { status: 404 });
  await assert.rejects(ask(h, { n: 4 }), { status: 429 });
  await clientOf(h).completions.create({ model: 'gpt-5.5', prompt: ['one', 'two'] });
  await ask(h);
  await assert.rejects(ask(h), { status: 429 });
  assert.equal(h.upstream.requests.length, 6);
});

test('tokens are those that the answers tell, money is what they cost', async (t) => {
  const used = { input_tokens: 80, output_tokens: 20, total_tokens: 100 };
  const answer = scriptAnswer('Hello', {
    usage: { ...used, input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
  });
  for (const [limits, type] of [
    [{ tokens: { month: 150 } }, 'tokens'],
    [{ cost: { month: 0.015 } }, 'insufficient_quota'],
  ] as const) {
    // 0.01 USD each.
    const prices = { 'chatgpt/*': { input: 100, output: 100 } };
    const h = await createLimited(t, { limits }, { config: { prices } });
    h.upstream.reply(answer).reply(answer);
    for (let n = 0; n < 2; n += 1) await ask(h);
    const refusal = await ask(h).catch((error) => error);
    assert.deepEqual([refusal.status, refusal.type], [429, type]);
    if (type === 'tokens') assert.equal(refusal.headers.get('x-ratelimit-remaining-tokens'), '0');
    else assert.match(refusal.message, /limit of 0\.015 USD per month/);
  }
});

test('fifty requests at once spend no more than what runs', async (t) => {
  const h = await createLimited(t, { limits: { tokens: { day: 5000 } } });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, () => ask(h, { max_completion_tokens: 990 }).catch((error) => error.status)),
  );
  const refused = outcomes.filter(({ status, value }: { status: string; value?: unknown }) => status && value === 429);
  // About 1000 are taken for each until it has ended.
  assert.ok(refused.length >= 40, `${refused.length} were refused`);
  assert.ok(h.upstream.requests.length <= 10);
  assert.ok((await ask(h)).choices[0], 'what was reserved and not used is there again');
});

test('what a client that leaves has used counts as it was estimated', async (t) => {
  const h = await createLimited(t, { limits: { tokens: { day: 900 } } });
  h.upstream.reply(scriptAnswer('Hello').slice(0, -1), { hang: true });
  const left = new AbortController();
  const stream = await clientOf(h).chat.completions.create(
    { model: 'gpt-5.5', messages: hello, stream: true },
    { signal: left.signal },
  );
  for await (const _chunk of stream) break;
  left.abort();
  while (!h.logs.some(({ outcome }) => outcome === 'client-left')) await new Promise(setImmediate);
  await assert.rejects(ask(h), { status: 429 });
});

test('a restart forgets nothing of what was used', async (t) => {
  const usageFile = await ledgerPath(t);
  const limits = { requests: { minute: 3, hour: 3, day: 3, month: 3 } };
  const config = { usageStore: 'file' as const, usageFile };
  const first = await createLimited(t, { limits }, { config });
  for (let n = 0; n < 2; n += 1) await ask(first);
  await first.close();
  const second = await createLimited(t, { limits }, { config });
  const { response } = await clientOf(second)
    .chat.completions.create({ model: 'gpt-5.5', messages: hello })
    .withResponse();
  assert.equal(response.headers.get('x-ratelimit-remaining-requests'), '0');
  await assert.rejects(ask(second), { status: 429, message: /3 requests per month/ });
});

test('a model that a key may not name is to it as one that does not exist, also in lists', async (t) => {
  const models = ['gpt-5.5', 'mine', 'box/*'];
  const clientKeys = [
    { name: 'laptop', hash: hashOf('a-key'), models },
    { name: 'free', hash: hashOf('free-key') },
  ];
  const h = await createBoxHarness(t, {
    isSignedIn: true,
    config: { clientKeys, aliases: { mine: ['gpt-5.4', 'box/fake-model'], yours: ['gpt-5.4', 'box/fake-model'] } },
  });
  const errorOf = async (path: string, body: object, model: string) => {
    const answer = await post(h, path, { model, ...body }, authorization);
    return `${answer.status} ${(await answer.text()).replaceAll(model, 'NAME').replace(/req_\w+/, 'ID')}`;
  };
  const unknown = await errorOf('/v1/chat/completions', { messages: hello }, 'gpt-5.9');
  assert.match(unknown, /^404 .*model_not_found/);
  assert.doesNotMatch(unknown, /gpt-5\.4|yours/);
  assert.equal(await errorOf('/v1/chat/completions', { messages: hello }, 'gpt-5.4'), unknown);
  const chat = { messages: hello };
  for (const [path, body] of [
    ['/v1/messages', { max_tokens: 9, ...chat }],
    ['/api/chat', chat],
    ['/api/show', {}],
  ] as const) {
    assert.equal(await errorOf(path, body, 'gpt-5.4'), await errorOf(path, body, 'gpt-5.9'), path);
  }
  assert.equal((await h.fetch('/v1/models/gpt-5.4', { headers: authorization })).status, 404);

  const served = async (model: string) =>
    (await post(h, '/v1/chat/completions', { model, ...chat }, authorization)).headers.get('x-opencompat-model');
  assert.equal(await served('mine'), 'chatgpt/gpt-5.4', 'an alias that it may name leads where it leads');
  assert.equal(await served('yours'), 'box/fake-model', 'any other only to what it may name');
  assert.equal(await served('gpt-5.5-high'), 'chatgpt/gpt-5.5');

  const listed = async (path: string, headers: Record<string, string> = authorization) => {
    const body = (await (await h.fetch(path, { headers })).json()) as {
      data?: { id: string }[];
      models?: { name: string }[];
    };
    return (body.data?.map(({ id }) => id) ?? body.models!.map(({ name }) => name)).sort();
  };
  const expected = ['fake-embedding', 'fake-model', 'fake-small', 'gpt-5.5', 'mine'];
  assert.deepEqual(await listed('/v1/models'), expected);
  assert.deepEqual(await listed('/v1/models', { ...authorization, 'anthropic-version': '2023-06-01' }), expected);
  assert.deepEqual(
    (await listed('/api/tags')).map((name) => name.replace(/:latest$/, '')),
    expected,
  );
  assert.ok((await listed('/v1/models', { authorization: 'Bearer free-key' })).includes('gpt-5.4'));
});

test('a key that has expired or is switched off is told so', async (t) => {
  for (const [key, message] of [
    [{ expires: '2026-01-01' }, /The API key `laptop` was good until 2026-01-01/],
    [{ disabled: true }, /The API key `laptop` is switched off/],
  ] as const) {
    const h = await createLimited(t, key);
    await assert.rejects(ask(h), { status: 401, code: 'invalid_api_key', message });
  }
  const today = new Date().toISOString().slice(0, 10);
  const h = await createLimited(t, { expires: today });
  assert.ok((await ask(h)).choices[0], 'a day is the last one');
});
