import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { defineMiddleware } from '../../../lib/chain/middleware.ts';
import { createBoxHarness } from '../../support/box-harness.ts';
import { createFakeModel, createHarness, defaultText, type Harness, scriptAnswer } from '../../support/index.ts';
import { checkResponseStream, type Json, readResponseEvents } from '../../support/response-stream-checker.ts';

function post(h: Harness, fields: object, path = '/v1/responses'): Promise<Response> {
  const body = JSON.stringify({ model: 'gpt-5.5', input: 'Hello', ...fields });
  return h.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

async function create(h: Harness, fields: object): Promise<Json> {
  const answer = await post(h, fields);
  assert.equal(answer.status, 200);
  return (await answer.json()) as Json;
}

test('what the client asked for is echoed as it asked, and only what the backend takes is sent', async (t) => {
  const h = await createHarness(t);
  const fields = {
    instructions: 'Be brief.',
    metadata: { topic: 'greetings' },
    temperature: 0.3,
    top_p: 0.5,
    truncation: 'auto',
    max_output_tokens: 1000,
    max_tool_calls: 3,
    parallel_tool_calls: false,
    tools: [{ type: 'function', name: 'add', parameters: null, strict: null }],
    tool_choice: 'none',
    user: 'me',
    safety_identifier: 'hash',
    prompt_cache_key: 'key',
    top_logprobs: 2,
  };
  const response = await create(h, { ...fields, text: { verbosity: 'low' }, reasoning: { effort: 'high' } });
  for (const [key, value] of Object.entries(fields)) assert.deepEqual(response[key], value, key);
  assert.deepEqual(response.text, { verbosity: 'low', format: { type: 'text' } });
  assert.deepEqual(response.reasoning, { effort: 'high', summary: null });
  assert.equal(response.model, 'gpt-5.5');
  assert.equal(response.store, true);
  const sent = h.upstream.last.body;
  assert.deepEqual([sent.store, sent.stream, sent.instructions], [false, true, 'Be brief.']);
  assert.equal(h.upstream.last.status, 200, 'the strict backend has taken it');
});

test('parameters that the backend does not take are named; what is honoured here is not', async (t) => {
  const h = await createHarness(t);
  const answer = await post(h, {
    temperature: 0.3,
    metadata: { a: 'b' },
    store: true,
    truncation: 'disabled',
    max_output_tokens: 50,
  });
  assert.equal(answer.headers.get('x-opencompat-ignored'), 'temperature');
});

test('what is dropped is named as each API names it', async (t) => {
  const terse = createFakeModel('gpt-5.5');
  const models = [{ ...terse, entry: { ...terse.entry, support_verbosity: false } }];
  const h = await createHarness(t, { models });
  // The list is asked for behind the start.
  while (!(await (await h.fetch('/v1/models')).text()).includes('context_window')) await nextTurn();
  const answer = await post(h, { text: { verbosity: 'low' } });
  assert.equal(answer.headers.get('x-opencompat-ignored'), 'text.verbosity');
  const chat = await post(h, { messages: [{ role: 'user', content: 'x' }], verbosity: 'low' }, '/v1/chat/completions');
  assert.equal(chat.headers.get('x-opencompat-ignored')?.split(', ').sort().join(), 'input,verbosity');
});

test('the model and its effort are shown as they were asked for', async (t) => {
  const h = await createHarness(t);
  const response = await create(h, { model: 'chatgpt/gpt-5.5-low' });
  assert.equal(response.model, 'chatgpt/gpt-5.5-low');
  assert.deepEqual(response.reasoning, { effort: 'low', summary: null });
  assert.equal(h.upstream.last.body.model, 'gpt-5.5');
});

test('an answer over `max_output_tokens` is incomplete, streamed or not', async (t) => {
  const h = await createHarness(t);
  const response = await create(h, { max_output_tokens: 4 });
  assert.equal(response.status, 'incomplete');
  assert.deepEqual(response.incomplete_details, { reason: 'max_output_tokens' });
  const streamed = checkResponseStream(await (await post(h, { max_output_tokens: 4, stream: true })).text());
  assert.equal(streamed.response.status, 'incomplete');
  const { content } = streamed.items.at(-1) as { content: { text: string }[] };
  assert.equal(content[0]!.text, 'Hello from the fake');
});

test('what a plugin makes of the deltas is what the whole answer says', async (t) => {
  const shout = defineMiddleware({
    name: 'shout',
    create: () => (req, _res, next) => {
      req.exchange.onEvent((event, emit) => {
        emit(event.type === 'response.output_text.delta' ? { ...event, delta: event.delta.toUpperCase() } : event);
      });
      next();
    },
  });
  const h = await createHarness(t, { plugins: [shout] });
  const { items } = checkResponseStream(await (await post(h, { stream: true })).text());
  const { content } = items.at(-1) as { content: { text: string }[] };
  assert.equal(content[0]!.text, defaultText.toUpperCase());
});

test('a failure before the first byte has its HTTP status, also in a stream', async (t) => {
  const h = await createHarness(t);
  for (const stream of [false, true]) {
    h.upstream.reply(scriptAnswer([], { end: { failed: { code: 'context_length_exceeded', message: 'Too long.' } } }));
    const answer = await post(h, { stream });
    assert.equal(answer.status, 400);
    const { error } = (await answer.json()) as { error: Json };
    assert.deepEqual(error, {
      message: 'Too long.',
      type: 'invalid_request_error',
      param: null,
      code: 'context_length_exceeded',
    });
  }
});

test('a failure behind it ends the stream with a failed response', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('Some text', { end: { failed: { code: 'server_error', message: 'Broken.' } } }));
  const { response } = checkResponseStream(await (await post(h, { stream: true, store: true })).text());
  assert.equal(response.status, 'failed');
  assert.deepEqual(response.error, { code: 'upstream_error', message: 'Broken.' });
  assert.equal((await h.fetch(`/v1/responses/${response.id}`)).status, 404, 'no failure is kept');
});

test('keepalives before the first event: the created event is the first all the same', async (t) => {
  const h = await createHarness(t, { config: { keepaliveInterval: 0.05 } });
  const events = scriptAnswer('Hello');
  const head = events.slice(0, 3);
  const bytes = head.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('').length;
  h.upstream.reply(events, { pauseAfterBytes: bytes });
  const answer = await post(h, { stream: true });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let wire = '';
  while (!wire.includes(': ping')) wire += (await reader.read()).value;
  h.upstream.last.resume();
  for (let read = await reader.read(); !read.done; read = await reader.read()) wire += read.value;
  assert.equal(checkResponseStream(wire).response.status, 'completed');
});

test('errors of the request name its own fields', async (t) => {
  const h = await createHarness(t);
  const cases: [object, number, string, string][] = [
    [{ model: 'gpt-9' }, 404, 'model', 'model_not_found'],
    [{ tools: [{ type: 'file_search' }] }, 400, 'tools[0].type', 'tool_not_supported'],
    [
      { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file_1' }] }] },
      400,
      'input[0].content[0].image_url',
      'unsupported_value',
    ],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 400, 'input[0].id', 'invalid_value'],
    [{ previous_response_id: 'resp_1' }, 400, 'previous_response_id', 'previous_response_not_found'],
  ];
  for (const [fields, status, param, code] of cases) {
    const answer = await post(h, fields);
    const { error } = (await answer.json()) as { error: Json };
    assert.deepEqual([answer.status, error.param, error.code], [status, param, code]);
  }
});

test('a request that wants no answer yet is kept to go on from, and no model is asked', async (t) => {
  const h = await createHarness(t);
  const { response, events } = checkResponseStream(await (await post(h, { generate: false, stream: true })).text());
  assert.deepEqual(response.output, []);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['response.created', 'response.in_progress', 'response.completed'],
  );
  assert.equal(h.upstream.requests.length, 0);
  await create(h, { previous_response_id: response.id, input: 'And again' });
  const texts = h.upstream.last.body.input.map((item: { content: { text: string }[] }) => item.content[0]!.text);
  assert.deepEqual(texts, ['Hello', 'And again']);
});

test('nor is it where the upstream speaks another API', async (t) => {
  const h = await createBoxHarness(t, { settings: { responses: false } });
  const response = await create(h, { model: 'fake-model', generate: false });
  assert.deepEqual([response.status, response.output], ['completed', []]);
  assert.equal(h.box.requests.length, 0);
  await create(h, { model: 'fake-model', previous_response_id: response.id });
  assert.deepEqual(h.box.last.body.messages, [{ role: 'user', content: 'Hello\n\nHello' }]);
});

test('a kept answer is streamed again from where the client had got', async (t) => {
  const h = await createHarness(t);
  const { id } = await create(h, {});
  const whole = await (await h.fetch(`/v1/responses/${id}?stream=true`)).text();
  const { response, events } = checkResponseStream(whole);
  assert.deepEqual(response, await (await h.fetch(`/v1/responses/${id}`)).json());
  const rest = await (await h.fetch(`/v1/responses/${id}?stream=true&starting_after=3`)).text();
  assert.deepEqual(readResponseEvents(rest), events.slice(4));
  for (const query of ['x', '', '1.5', '-7']) {
    const refused = await h.fetch(`/v1/responses/${id}?starting_after=${query}`);
    assert.equal(refused.status, 400, query);
    assert.equal(((await refused.json()) as { error: Json }).error.param, 'starting_after');
  }
});

test('the input of a kept answer is listed page by page', async (t) => {
  const h = await createHarness(t);
  const input = ['one', 'two', 'three'].map((content) => ({ role: 'user', content }));
  const { id } = await create(h, { input });
  interface Page {
    data: { id: string; type: string; content: { text: string }[] }[];
    first_id: string;
    last_id: string;
    has_more: boolean;
  }
  const list = async (query: string) =>
    (await (await h.fetch(`/v1/responses/${id}/input_items${query}`)).json()) as Page;
  const textsOf = ({ data }: Page) => data.map(({ content }) => content[0]!.text);
  assert.deepEqual(textsOf(await list('')), ['three', 'two', 'one']);
  const first = await list('?order=asc&limit=2');
  assert.deepEqual([textsOf(first), first.has_more], [['one', 'two'], true]);
  assert.deepEqual([first.first_id, first.last_id], [first.data[0]!.id, first.data[1]!.id]);
  const second = await list(`?order=asc&limit=2&after=${first.last_id}`);
  assert.deepEqual([textsOf(second), second.has_more], [['three'], false]);
  for (const query of ['?limit=0', '?limit=101', '?order=up', '?after=msg_none']) {
    assert.equal((await h.fetch(`/v1/responses/${id}/input_items${query}`)).status, 400, query);
  }
});

test('what is not kept here is a 404 in JSON, on every path', async (t) => {
  const h = await createHarness(t);
  const paths: [string, string][] = [
    ['GET', '/v1/responses/resp_1'],
    ['DELETE', '/v1/responses/resp_1'],
    ['POST', '/v1/responses/resp_1/cancel'],
    ['GET', '/v1/responses/resp_1/input_items'],
    ['POST', '/v1/conversations'],
    ['GET', '/v1/conversations/conv_1/items'],
  ];
  for (const [method, path] of paths) {
    const answer = await h.fetch(path, { method });
    assert.equal(answer.status, 404, path);
    const { error } = (await answer.json()) as { error: Json };
    assert.deepEqual(Object.keys(error), ['message', 'type', 'param', 'code'], path);
  }
  const { error } = (await (await h.fetch('/v1/responses/resp_1')).json()) as { error: Json };
  assert.deepEqual(error, {
    message: "Response with id 'resp_1' not found.",
    type: 'invalid_request_error',
    param: null,
    code: null,
  });
});

test('the tokens of a request are counted with what it goes on from', async (t) => {
  const h = await createHarness(t);
  const count = async (fields: object) => {
    const answer = await post(h, fields, '/v1/responses/input_tokens');
    assert.equal(answer.status, 200);
    const body = (await answer.json()) as { object: string; input_tokens: number };
    assert.equal(body.object, 'response.input_tokens');
    return body.input_tokens;
  };
  const alone = await count({ model: undefined });
  assert.ok(alone > 0);
  const { id } = await create(h, {});
  assert.ok((await count({ previous_response_id: id })) > alone);
  assert.equal(h.upstream.requests.length, 1);
});

test('a conversation is compacted by the upstream, and goes on from its short form', async (t) => {
  const h = await createHarness(t);
  const first = await h.client.responses.create({ model: 'gpt-5.5', input: 'One' });
  const compacted = await h.client.responses.compact({
    model: 'gpt-5.5',
    input: 'Two',
    previous_response_id: first.id,
  });
  assert.equal(compacted.object, 'response.compaction');
  assert.ok(compacted.usage.total_tokens > 0);
  const [one, two, short] = compacted.output as unknown as {
    type: string;
    content: Json[];
    encrypted_content?: string;
  }[];
  assert.deepEqual([one!.content[0]!.text, two!.content[0]!.text], ['One', 'Two']);
  assert.deepEqual([short!.type, short!.encrypted_content], ['compaction', 'gAAAAAcompacted']);
  const input = [...compacted.output, { role: 'user', content: 'Three' }] as never;
  await h.client.responses.create({ model: 'gpt-5.5', input });
  const types = h.upstream.last.body.input.map(({ type }: Json) => type);
  assert.deepEqual(types, ['message', 'message', 'compaction', 'message']);
  assert.equal((await h.fetch(`/v1/responses/${compacted.id}`)).status, 404, 'it is no answer to go on from');
});

test('an upstream that does not compact says so', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('What do you mean?'));
  const answer = await post(h, {}, '/v1/responses/compact');
  assert.equal(answer.status, 400);
  assert.equal(((await answer.json()) as { error: Json }).error.code, 'not_supported');
});

test('a plain GET is told what the path is for', async (t) => {
  const h = await createHarness(t);
  const answer = await h.fetch('/v1/responses');
  assert.equal(answer.status, 426);
  assert.equal(answer.headers.get('upgrade'), 'websocket');
  assert.equal(((await answer.json()) as { error: Json }).error.code, 'upgrade_required');
});
