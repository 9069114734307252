/** What a server gave beside its answer goes back to it, whatever API the client speaks, and to nobody else. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ChatCompletionCreateParamsNonStreaming, ChatCompletionMessageParam } from 'openai/resources/chat';
import { defineMiddleware } from '../../../lib/index.ts';
import { type BoxHarness, createBoxHarness, post, startFake } from '../../support/box-harness.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of several APIs, read in depth
type Json = Record<string, any>;

const parameters = { type: 'object', properties: {} };
const chunk = (delta: object, finish: string | null = null) => ({
  id: 'x',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const called = (fields: object = {}) => ({
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'look', arguments: '{"a":1}' },
  ...fields,
});
const signature = { extra_content: { google: { thought_signature: 'c2ln' } } };

/** With it, requests are translated that would else be passed on. */
const onlooker = defineMiddleware({
  name: 'onlooker',
  after: ['validate'],
  create: () => (req, _res, next) => {
    if (req.headers['x-passed-on'] === undefined) req.exchange.onEvent((event, emit) => emit(event));
    next();
  },
});

async function setUp(t: TestContext): Promise<BoxHarness> {
  const other = await startFake(t, { takes: 'everything', models: ['fake-model'] });
  const h = await createBoxHarness(t, {
    fake: { takes: 'everything' },
    plugins: [onlooker],
    providers: { other: { type: 'openai-compatible', baseURL: other.url } },
  });
  return Object.assign(h, { other });
}

async function json(h: BoxHarness, path: string, body: object): Promise<Json> {
  const answer = await post(h, path, body);
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as Json;
}

/** Two turns in each client API: the model calls a tool, and gets the output. */
const clients: Record<string, (h: BoxHarness, second: string) => Promise<void>> = {
  'Chat Completions': (h, second) => chatTurns(h, second),
  async 'Messages with thinking'(h, second) {
    await messagesTurns(h, second, { thinking: { type: 'enabled', budget_tokens: 2048 } });
  },
  async 'Messages whose thinking is not shown'(h, second) {
    await messagesTurns(h, second, { thinking: { type: 'adaptive', display: 'omitted' } });
  },
  async Responses(h, second) {
    const body = { model: 'box/fake-model', store: false, tools: [{ type: 'function', name: 'look', parameters }] };
    const hello = { role: 'user', content: 'Look.' };
    const { output } = await json(h, '/v1/responses', { ...body, input: [hello] });
    const input = [hello, ...output, { type: 'function_call_output', call_id: 'call_1', output: '42' }];
    await json(h, '/v1/responses', { ...body, model: second, input });
  },
  async 'Responses that are kept'(h, second) {
    const body = { model: 'box/fake-model', tools: [{ type: 'function', name: 'look', parameters }] };
    const { id } = await json(h, '/v1/responses', { ...body, input: 'Look.' });
    const input = [{ type: 'function_call_output', call_id: 'call_1', output: '42' }];
    await json(h, '/v1/responses', { ...body, model: second, previous_response_id: id, input });
  },
};

/** A client of Chat Completions that keeps of the model's message what `keep` says. */
async function chatTurns(
  h: BoxHarness,
  second: string,
  { keep = (message: Json) => message, isStreaming = false, headers = {} } = {},
): Promise<void> {
  const { completions } = h.client.chat;
  const user = { role: 'user' as const, content: 'Look.' };
  const first: Omit<ChatCompletionCreateParamsNonStreaming, 'stream'> = {
    model: 'box/fake-model',
    tools: [{ type: 'function', function: { name: 'look', parameters } }],
    messages: [user],
  };
  const given: Json = isStreaming
    ? await completions.stream(first).finalMessage()
    : (await completions.create(first)).choices[0]!.message;
  const message = keep(given) as ChatCompletionMessageParam & Json;
  const outputs = (message.tool_calls ?? []).map(({ id }: Json) => ({ role: 'tool', tool_call_id: id, content: '42' }));
  const messages = [user, message, ...(outputs.length > 0 ? outputs : [user])];
  await completions.create({ ...first, model: second, messages }, { headers });
}

async function messagesTurns(h: BoxHarness, second: string, fields: object): Promise<void> {
  const user = { role: 'user', content: 'Look.' };
  const body = {
    model: 'box/fake-model',
    max_tokens: 4096,
    tools: [{ name: 'look', input_schema: parameters }],
    ...fields,
  };
  const { content } = await json(h, '/v1/messages', { ...body, messages: [user] });
  const { id } = content.find(({ type }: Json) => type === 'tool_use');
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: '42' }] };
  await json(h, '/v1/messages', { ...body, model: second, messages: [user, { role: 'assistant', content }, result] });
}

const assistantOf = ({ body }: { body: Json }): Json => body.messages.find(({ role }: Json) => role === 'assistant');

for (const [client, turns] of Object.entries(clients)) {
  test(`${client}: reasoning and fields of calls and messages go back to the server`, async (t) => {
    const h = await setUp(t);
    h.box.reply([
      chunk({ role: 'assistant', reasoning_content: 'I have ' }),
      chunk({ reasoning_content: 'to look.' }),
      chunk({ vendor_state: { a: 'b' } }),
      chunk({ tool_calls: [called(signature)] }),
      chunk({}, 'tool_calls'),
    ]);
    await turns(h, 'box/fake-model');
    const { index: _, ...call } = called(signature);
    assert.deepEqual(assistantOf(h.box.last), {
      role: 'assistant',
      content: null,
      reasoning_content: 'I have to look.',
      vendor_state: { a: 'b' },
      tool_calls: [call],
    });
  });

  test(`${client}: another model gets the reasoning alone, another provider nothing`, async (t) => {
    const h = await setUp(t);
    const script = [
      chunk({ reasoning: 'I have to look.' }),
      chunk({ tool_calls: [called(signature)] }),
      chunk({}, 'tool_calls'),
    ];
    h.box.reply(script);
    await turns(h, 'box/fake-small');
    const { index: _, ...call } = called();
    assert.deepEqual(assistantOf(h.box.last), {
      role: 'assistant',
      content: null,
      reasoning: 'I have to look.',
      tool_calls: [call],
    });
    h.box.reply(script);
    await turns(h, 'other/fake-model');
    const { other } = h as unknown as { other: BoxHarness['box'] };
    assert.deepEqual(assistantOf(other.last), { role: 'assistant', content: null, tool_calls: [call] });
  });
}

test('a client of Messages without thinking carries it in the id of the call', async (t) => {
  const h = await setUp(t);
  h.box.reply([chunk({ tool_calls: [called(signature)] }), chunk({}, 'tool_calls')]);
  await messagesTurns(h, 'box/fake-model', {});
  const { index: _, ...call } = called(signature);
  assert.deepEqual(assistantOf(h.box.last).tool_calls, [call]);
});

test('a client of Ollama carries it in the id of the call, where it keeps that', async (t) => {
  const h = await setUp(t);
  const tools = [{ type: 'function', function: { name: 'look', parameters } }];
  const user = { role: 'user', content: 'Look.' };
  for (const stream of [false, true]) {
    h.box.reply([chunk({ tool_calls: [called(signature)] }), chunk({}, 'tool_calls')]);
    const answer = await post(h, '/api/chat', { model: 'fake-model', stream, tools, messages: [user] });
    const pieces = (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    const message = pieces.map((piece) => piece.message as Json).find(({ tool_calls: calls }) => calls)!;
    const { id } = message.tool_calls[0];
    for (const named of [{ tool_call_id: id }, { tool_name: 'look' }]) {
      const messages = [user, message, { role: 'tool', content: '42', ...named }];
      await json(h, '/api/chat', { model: 'fake-model', stream: false, tools, messages });
      const { index: _, ...call } = called(signature);
      assert.deepEqual(assistantOf(h.box.last).tool_calls, [call]);
    }
  }
});

test('calls without an id, and fields that come behind the call, are known by the place', async (t) => {
  const h = await setUp(t);
  const { id: _, ...first } = called(signature);
  const second = { ...first, index: 1, extra_content: { google: { thought_signature: 'second' } } };
  h.box.reply([
    chunk({ tool_calls: [first, second] }),
    chunk({ tool_calls: [{ index: 0, later: 'x' }] }),
    chunk({}, 'tool_calls'),
  ]);
  const body = { model: 'box/fake-model', store: false, tools: [{ type: 'function', name: 'look', parameters }] };
  const { output } = await json(h, '/v1/responses', { ...body, input: 'Look.' });
  const calls = output.filter(({ type }: Json) => type === 'function_call');
  const outputs = calls.map(({ call_id }: Json) => ({ type: 'function_call_output', call_id, output: '42' }));
  await json(h, '/v1/responses', { ...body, input: [{ role: 'user', content: 'Look.' }, ...output, ...outputs] });
  const sent = assistantOf(h.box.last).tool_calls as Json[];
  assert.deepEqual(
    sent.map(({ extra_content, later }) => [extra_content, later]),
    [
      [signature.extra_content, 'x'],
      [{ google: { thought_signature: 'second' } }, undefined],
    ],
  );
});

test('a server that misses the reasoning of a client without a carrier gets its text, from then on at once', async (t) => {
  const h = await setUp(t);
  h.box.reply([
    chunk({ reasoning_content: 'I have to look.' }),
    chunk({ tool_calls: [called()] }),
    chunk({}, 'tool_calls'),
  ]);
  const tools = [{ type: 'function', function: { name: 'look', parameters } }];
  const body = { model: 'fake-model', stream: false, think: true, tools };
  const user = { role: 'user', content: 'Look.' };
  const { message } = await json(h, '/api/chat', { ...body, messages: [user] });
  const second = { ...body, messages: [user, message, { role: 'tool', tool_name: 'look', content: '42' }] };
  const missing = 'thinking is enabled but reasoning_content is missing in assistant tool call message at index 1';
  h.box.refuse(400, { error: { message: missing, type: 'invalid_request_error' } });
  for (const requests of [3, 4]) {
    await json(h, '/api/chat', second);
    assert.equal(h.box.requests.length, requests);
    assert.equal(assistantOf(h.box.last).reasoning_content, 'I have to look.');
  }
  const { thinking: _, ...bare } = message;
  await json(h, '/api/chat', { ...second, messages: [user, bare, second.messages[2]!] });
  assert.equal(assistantOf(h.box.last).reasoning_content, '(not kept)');
});

test('a Chat client that keeps of a call only what it knows sends the rest back in its id', async (t) => {
  const h = await setUp(t);
  const keep = ({ role, content, tool_calls: [{ id, type, function: named }] }: Json) => ({
    role,
    content,
    tool_calls: [{ id, type, function: { name: named.name, arguments: named.arguments } }],
  });
  for (const isStreaming of [false, true]) {
    h.box.reply([chunk({ vendor_state: 'x' }), chunk({ tool_calls: [called(signature)] }), chunk({}, 'tool_calls')]);
    await chatTurns(h, 'box/fake-model', { keep, isStreaming });
    const { index: _, ...call } = called(signature);
    assert.deepEqual(assistantOf(h.box.last), {
      role: 'assistant',
      content: null,
      vendor_state: 'x',
      tool_calls: [call],
    });
    assert.equal(h.box.last.body.messages.at(-1).tool_call_id, 'call_1');
  }
});

test('a Chat client: what no id can carry stands beside the message', async (t) => {
  const h = await setUp(t);
  for (const isStreaming of [false, true]) {
    h.box.reply([
      chunk({ tool_calls: [called()] }),
      chunk({ tool_calls: [{ index: 0, later: 'x' }] }),
      chunk({}, 'tool_calls'),
    ]);
    await chatTurns(h, 'box/fake-model', { isStreaming });
    const { index: _, ...call } = called({ later: 'x' });
    assert.deepEqual(assistantOf(h.box.last).tool_calls, [call]);
    h.box.reply([chunk({ content: 'Well.' }), chunk({ vendor_state: 'x' }), chunk({}, 'stop')]);
    await chatTurns(h, 'box/fake-model', { isStreaming });
    assert.deepEqual(assistantOf(h.box.last), { role: 'assistant', content: 'Well.', vendor_state: 'x' });
  }
});

test('a Chat client whose next request is passed on gives it back too, and nobody else gets it', async (t) => {
  const h = await setUp(t);
  const { other } = h as unknown as { other: BoxHarness['box'] };
  const headers = { 'x-passed-on': 'true' };
  const script = [chunk({ vendor_state: 'x' }), chunk({ tool_calls: [called(signature)] }), chunk({}, 'tool_calls')];
  const { index: _, ...call } = called(signature);
  h.box.reply(script);
  await chatTurns(h, 'box/fake-model', { headers });
  assert.deepEqual(assistantOf(h.box.last).tool_calls, [call]);
  assert.equal(assistantOf(h.box.last).vendor_state, 'x');
  assert.equal(h.box.last.body.messages.at(-1).tool_call_id, 'call_1');
  h.box.reply(script);
  await chatTurns(h, 'other/fake-model', { headers });
  const { index: __, ...bare } = called();
  assert.deepEqual(assistantOf(other.last).tool_calls, [bare]);
  assert.equal(other.last.body.messages.at(-1).tool_call_id, 'call_1');
  h.box.reply([chunk({ content: 'Well.' }), chunk({ vendor_state: 'x' }), chunk({}, 'stop')]);
  await chatTurns(h, 'box/fake-model', { headers });
  assert.equal(assistantOf(h.box.last).vendor_state, 'x');
  assert.equal(assistantOf(h.box.last).reasoning_details, undefined);
});
