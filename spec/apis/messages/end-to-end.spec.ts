/** The Messages API over HTTP, as raw clients see it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { responsesUpstream } from '../../../lib/apis/responses/decoder.ts';
import { defineMiddleware } from '../../../lib/chain/middleware.ts';
import type { Provider } from '../../../lib/providers/provider.ts';
import { createHarness, fakeUsage, type Harness, scriptAnswer } from '../../support/index.ts';
import { checkMessageStream, readMessageEvents } from '../../support/messages-checker.ts';

const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
const ask = { model: 'gpt-5.5', max_tokens: 1000, messages: [{ role: 'user', content: 'Hello' }] };

function post(h: Harness, fields: object = {}, path = '/v1/messages'): Promise<Response> {
  return h.fetch(path, { method: 'POST', headers, body: JSON.stringify({ ...ask, ...fields }) });
}

async function readError(answer: Response): Promise<{ type: string; message: string }> {
  const { type, error, request_id } = (await answer.json()) as Record<string, unknown>;
  assert.equal(type, 'error');
  assert.equal(request_id, answer.headers.get('request-id'));
  return error as { type: string; message: string };
}

test('an answer has Anthropic’s form and headers, whatever the query and the betas', async (t) => {
  const h = await createHarness(t);
  const answer = await h.fetch('/v1/messages?beta=true', {
    method: 'POST',
    headers: { ...headers, 'anthropic-beta': 'one,two' },
    body: JSON.stringify(ask),
  });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('request-id') ?? '', /^req_\w+$/);
  assert.equal(answer.headers.get('x-opencompat-model'), 'chatgpt/gpt-5.5');
  const { id, ...message } = (await answer.json()) as Record<string, unknown>;
  assert.match(id as string, /^msg_\w+$/);
  assert.deepEqual(message, {
    type: 'message',
    role: 'assistant',
    model: 'gpt-5.5',
    content: [{ type: 'text', text: 'Hello from the fake backend: one, two, three.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: {
      input_tokens: fakeUsage.input_tokens - fakeUsage.input_tokens_details.cached_tokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: fakeUsage.input_tokens_details.cached_tokens,
      output_tokens: fakeUsage.output_tokens,
      output_tokens_details: { thinking_tokens: fakeUsage.output_tokens_details.reasoning_tokens },
    },
  });
});

test('stop sequences end the answer, streamed and not, and the first one is named', async (t) => {
  const h = await createHarness(t);
  for (const stream of [false, true]) {
    const answer = await post(h, { stop_sequences: ['three', 'two'], stream });
    const message = stream ? checkMessageStream(await answer.text()).message : await answer.json();
    const { content, stop_reason, stop_sequence } = message as Record<string, unknown>;
    assert.deepEqual(content, [{ type: 'text', text: 'Hello from the fake backend: one, ' }]);
    assert.deepEqual([stop_reason, stop_sequence], ['stop_sequence', 'two']);
  }
});

test('max_tokens ends the answer', async (t) => {
  const h = await createHarness(t);
  const { message } = checkMessageStream(await (await post(h, { max_tokens: 3, stream: true })).text());
  assert.equal(message.stop_reason, 'max_tokens');
  assert.equal(message.usage.output_tokens, 3);
});

test('thinking comes back to the backend as the reasoning it was', async (t) => {
  const h = await createHarness(t);
  const thinking = { type: 'enabled', budget_tokens: 1024 };
  h.upstream.reply(scriptAnswer([{ reasoning: ['Hm.'] }, { call: 'look', arguments: {} }]));
  const tools = [{ name: 'look', input_schema: { type: 'object' } }];
  const { content } = (await (await post(h, { thinking, tools })).json()) as { content: { id?: string }[] };
  const messages = [
    ...ask.messages,
    { role: 'assistant', content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: content[1]?.id, content: 'a wall' }] },
  ];
  assert.equal((await post(h, { thinking, tools, messages })).status, 200);
  assert.deepEqual(h.upstream.last.body.input.slice(1), [
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
      encrypted_content: 'gAAAAAfake0',
    },
    { type: 'function_call', call_id: 'call_fake_1', name: 'look', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_fake_1', output: 'a wall' },
  ]);
});

test('a silent model is covered by pings', async (t) => {
  const h = await createHarness(t, { config: { keepaliveInterval: 1, upstreamIdleTimeout: 30 } });
  h.upstream.reply(scriptAnswer('Late.'), { pauseAfterBytes: 600 });
  const answer = await post(h, { stream: true });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let wire = '';
  while (!wire.includes('event: ping\ndata: {"type": "ping"}\n\n')) wire += (await reader.read()).value ?? '';
  h.upstream.last.resume();
  for (let part = await reader.read(); !part.done; part = await reader.read()) wire += part.value;
  assert.deepEqual(checkMessageStream(wire).message.content, [{ type: 'text', text: 'Late.' }]);
});

test('what is refused is said in Anthropic’s words', async (t) => {
  const h = await createHarness(t);
  const missing = await post(h, { max_tokens: undefined });
  assert.equal(missing.status, 400);
  assert.deepEqual(await readError(missing), { type: 'invalid_request_error', message: 'max_tokens: Field required' });

  const thread = await post(h, { thread: { type: 'other' } });
  assert.equal(thread.status, 400);
  assert.match((await readError(thread)).message, /'thread'/);

  const unknown = await post(h, { model: 'nobody-has-it' });
  assert.equal(unknown.status, 404);
  assert.equal((await readError(unknown)).type, 'not_found_error');
});

const refusals: [status: number, body: object, answered: number, type: string, message: RegExp][] = [
  [503, { error: { code: 'server_is_overloaded', message: 'Too much.' } }, 529, 'overloaded_error', /Too much/],
  [429, { error: { code: 'rate_limit_exceeded', message: 'Slowly.' } }, 429, 'rate_limit_error', /Slowly/],
  [500, { error: { message: 'Broken.' } }, 502, 'api_error', /./],
  [
    400,
    { error: { code: 'context_length_exceeded', message: 'Your input exceeds the context window.' } },
    400,
    'invalid_request_error',
    /^prompt is too long: Your input/,
  ],
  [
    400,
    {
      error: {
        code: 'context_length_exceeded',
        message: "This model's maximum context length is 8,192 tokens. However, your messages are 9000 tokens.",
      },
    },
    400,
    'invalid_request_error',
    /^prompt is too long: 9000 tokens > 8192 maximum$/,
  ],
];
for (const [status, body, answered, type, message] of refusals) {
  test(`the backend’s ${status} ${JSON.stringify(body).slice(0, 60)} becomes ${answered} ${type}`, async (t) => {
    const h = await createHarness(t);
    h.upstream.refuse(status, body);
    const answer = await post(h);
    assert.equal(answer.status, answered);
    const error = await readError(answer);
    assert.equal(error.type, type);
    assert.match(error.message, message);
  });
}

test('a failure after the first words is an error event', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('Half', { end: { failed: { code: 'server_is_overloaded', message: 'Too much.' } } }));
  const answer = await post(h, { stream: true });
  assert.equal(answer.status, 200);
  const last = readMessageEvents(await answer.text()).at(-1);
  assert.deepEqual(last, {
    type: 'error',
    error: { type: 'overloaded_error', message: 'Too much.' },
    request_id: answer.headers.get('request-id'),
  });
});

test('a client key may be given as Anthropic’s clients give it', async (t) => {
  const h = await createHarness(t, { apiKey: 'sesame' });
  const send = (key: Record<string, string>) =>
    fetch(`${h.url}/v1/messages`, { method: 'POST', headers: { ...headers, ...key }, body: JSON.stringify(ask) });
  assert.equal((await send({ 'x-api-key': 'sesame' })).status, 200);
  assert.equal((await send({ authorization: 'Bearer sesame' })).status, 200);
  const refused = await send({ 'x-api-key': 'wrong' });
  assert.equal(refused.status, 401);
  assert.equal((await readError(refused)).type, 'authentication_error');
});

test('tokens are counted without anybody being signed in', async (t) => {
  const h = await createHarness(t, { isSignedIn: false });
  const count = async (fields: object) => {
    const answer = await post(h, { max_tokens: undefined, ...fields }, '/v1/messages/count_tokens');
    assert.equal(answer.status, 200);
    const { input_tokens, ...rest } = (await answer.json()) as { input_tokens: number };
    assert.deepEqual(rest, {});
    return input_tokens;
  };
  const plain = await count({ model: 'claude-opus-4-5' });
  assert.ok(plain >= 1 && plain < 20, String(plain));
  assert.ok((await count({ system: 'one two three four five six seven eight' })) >= plain + 8);
  assert.ok((await count({ tools: [{ name: 'look', input_schema: { type: 'object' } }] })) > plain + 8);
  assert.ok((await count({ max_tokens: 5, thinking: { type: 'adaptive' } })) === plain);
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
  const pdf = {
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data: 'A'.repeat(200_000) },
  };
  const withImage = await count({ messages: [{ role: 'user', content: [image] }] });
  assert.ok(withImage > 500 && withImage < 2000, String(withImage));
  assert.ok((await count({ messages: [{ role: 'user', content: [pdf] }] })) > 5000);
});

test('Claude’s names work before anybody has written an alias, and as aliases say once somebody has', async (t) => {
  const plain = await createHarness(t, { models: ['gpt-5.5', 'gpt-5.4-mini'] });
  const modelOf = async (h: Harness, model: string) => (await post(h, { model })).headers.get('x-opencompat-model');
  assert.equal(await modelOf(plain, 'claude-sonnet-4-5-20250929'), 'chatgpt/gpt-5.5');
  assert.equal(await modelOf(plain, 'claude-haiku-4-5-20251001'), 'chatgpt/gpt-5.4-mini');
  assert.equal(await modelOf(plain, 'claude-opus-4-5[1m]'), 'chatgpt/gpt-5.5');

  const config = { aliases: { 'claude-*': 'gpt-5.4-mini', 'claude-*opus*': 'gpt-5.5-high' } };
  const mapped = await createHarness(t, { models: ['gpt-5.5', 'gpt-5.4-mini'], config });
  assert.equal(await modelOf(mapped, 'claude-sonnet-4-5'), 'chatgpt/gpt-5.4-mini');
  assert.equal(await modelOf(mapped, 'claude-opus-4-5'), 'chatgpt/gpt-5.5');
  assert.equal(mapped.upstream.last.body.reasoning.effort, 'high');
});

test('models are listed as Anthropic lists them, page by page, to who speaks its API', async (t) => {
  const h = await createHarness(t, { models: ['a', 'b', 'c'] });
  const list = async (query: string) =>
    (await (await h.fetch(`/v1/models${query}`, { headers })).json()) as {
      data: { id: string; [key: string]: unknown }[];
      has_more: boolean;
      first_id: string;
      last_id: string;
    };
  const whole = await list('');
  // The account's own list, which says more, may have come already.
  const { display_name, max_input_tokens, capabilities, ...first } = whole.data[0]!;
  assert.deepEqual(first, {
    type: 'model',
    id: 'a',
    created_at: '1970-01-01T00:00:00Z',
    max_tokens: null,
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
  });
  const { thinking, effort } = capabilities as { thinking: object; effort: { supported: boolean; high: object } };
  assert.deepEqual(Object.keys(thinking), ['supported', 'types']);
  assert.deepEqual(effort.high, { supported: true });
  assert.equal(typeof display_name, 'string');
  assert.ok(max_input_tokens === null || typeof max_input_tokens === 'number');
  const pageOf = async (query: string) => {
    const { data, has_more, first_id, last_id } = await list(query);
    return [data.map(({ id }) => id).join(''), has_more, first_id, last_id];
  };
  assert.deepEqual(await pageOf(''), ['abc', false, 'a', 'c']);
  assert.deepEqual(await pageOf('?limit=2'), ['ab', true, 'a', 'b']);
  assert.deepEqual(await pageOf('?limit=2&after_id=b'), ['c', false, 'c', 'c']);
  assert.deepEqual(await pageOf('?limit=1&before_id=c'), ['b', true, 'b', 'b']);
  assert.deepEqual(await pageOf('?after_id=c'), ['', false, null, null]);
  assert.deepEqual(await pageOf('?limit=none&after_id=nobody'), ['abc', false, 'a', 'c']);

  const one = await h.fetch('/v1/models/b', { headers });
  assert.equal(((await one.json()) as { type: string }).type, 'model');
  assert.match(one.headers.get('request-id') ?? '', /^req_/);
  assert.equal(((await (await h.fetch('/v1/models')).json()) as { object: string }).object, 'list');
});

test('paths of Anthropic’s that are not served say so in its form; the base URL answers', async (t) => {
  const h = await createHarness(t);
  const batches = await h.fetch('/v1/messages/batches', { method: 'POST', headers, body: '{}' });
  assert.equal(batches.status, 404);
  const body = (await batches.json()) as { type: string; error: { type: string } };
  assert.deepEqual([body.type, body.error.type], ['error', 'not_found_error']);
  // Also to who does not say that it speaks this API.
  for (const [method, path] of [
    ['PUT', '/v1/messages'],
    ['POST', '/v1/messages/nothing'],
  ] as const) {
    const { type, error } = (await (await h.fetch(path, { method, body: '{}' })).json()) as typeof body;
    assert.deepEqual([type, error.type], ['error', method === 'PUT' ? 'invalid_request_error' : 'not_found_error']);
  }
  const telemetry = await h.fetch('/api/event_logging/batch', { method: 'POST', body: '{}' });
  assert.deepEqual([telemetry.status, telemetry.headers.get('content-type')], [404, 'application/json; charset=utf-8']);
  for (const method of ['HEAD', 'GET']) assert.equal((await h.fetch('/', { method })).status, 200);
});

test('a prompt that is too long is told with its length, where the model’s limit is known and the estimate is above it', async (t) => {
  const h = await createHarness(t);
  const listed = async () =>
    (await (await h.fetch('/v1/models/gpt-5.5', { headers })).json()) as Record<string, number>;
  while (!(await listed()).max_input_tokens) await new Promise((resolve) => setTimeout(resolve, 10));
  const { max_input_tokens } = await listed();
  const error = { code: 'context_length_exceeded', message: 'Your input exceeds the context window.' };
  h.upstream.refuse(400, { error });
  const content = 'word '.repeat(300_000);
  const { message } = await readError(await post(h, { messages: [{ role: 'user', content }] }));
  const [, tokens, maximum] = /^prompt is too long: (\d+) tokens > (\d+) maximum$/.exec(message) ?? [];
  assert.equal(Number(maximum), max_input_tokens);
  assert.ok(Math.abs(Number(tokens) - 300_000) < 3000, message);
});

test('a body that only this server understands is not passed on as it is', async (t) => {
  const raws: (string | undefined)[] = [];
  const spy = defineMiddleware({
    name: 'spy',
    after: ['resolve-model'],
    create: () =>
      function spyOnRaw({ exchange }, _res, next) {
        const { provider } = exchange.model;
        const buildRequest: Provider['buildRequest'] = (request, context) => {
          raws.push(context.raw?.api);
          return provider.buildRequest(request, context);
        };
        exchange.model = { ...exchange.model, provider: { ...provider, buildRequest } };
        next();
      },
  });
  const h = await createHarness(t, { plugins: [spy] });
  const answerWith = (signature: string) => ({
    messages: [
      ...ask.messages,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: '', signature },
          { type: 'text', text: 'Hi.' },
        ],
      },
      ...ask.messages,
    ],
  });
  for (const fields of [{}, answerWith('EqQB'), answerWith('opencompat.1.gAAA')]) {
    assert.equal((await post(h, fields)).status, 200);
  }
  assert.deepEqual(raws, ['messages', 'messages', undefined]);
});

/** Its end is known; it is passed on, so that nobody decodes it. */
const speaksMessages = { ...responsesUpstream, name: 'messages', endMark: /"type":"message_stop"/ };

test('an upstream that speaks this API is passed on as it comes, and seen when it breaks off', async (t) => {
  const passOn = defineMiddleware({
    name: 'pass-on',
    after: ['rewrite-request'],
    create: () =>
      function passAnswerOn({ exchange }, _res, next) {
        exchange.upstream = { ...exchange.upstream, api: speaksMessages, isPassThrough: true };
        next();
      },
  });
  const h = await createHarness(t, { plugins: [[passOn, undefined, { after: 'rewrite-request' }]] });
  const usage = { input_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
  const nothing = { stop_details: null, container: null, diagnostics: null };
  const message = {
    id: 'msg_up',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    ...nothing,
  };
  const events = [
    { type: 'message_start', message: { ...message, stop_sequence: null, usage } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'From elsewhere.' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ];
  h.upstream.reply(events);
  const whole = await (await post(h, { stream: true })).text();
  assert.equal(whole, events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));

  h.upstream.reply(events.slice(0, -2));
  const broken = readMessageEvents(await (await post(h, { stream: true })).text());
  assert.deepEqual(broken.slice(0, -1), events.slice(0, -2));
  assert.equal(broken.at(-1)?.type, 'error');
});
