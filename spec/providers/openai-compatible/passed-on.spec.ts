/** Where a body is passed on, the upstream judges it; whoever has to translate it refuses what cannot be translated. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { defineMiddleware } from '../../../lib/chain/middleware.ts';
import { createBoxHarness, hello, post } from '../../support/box-harness.ts';
import type { HarnessOptions } from '../../support/harness.ts';

const setUp = (t: TestContext, options: HarnessOptions & { hasResponses?: boolean } = {}) =>
  createBoxHarness(t, { fake: { takes: 'everything', hasResponses: options.hasResponses }, ...options });

/** Asks to see the request. */
const reader = defineMiddleware({
  name: 'reader',
  create: () => (req, _res, next) => {
    void req.exchange.request.input;
    next();
  },
});

const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };

/** Each of them is one that this server would refuse if it had to translate it. */
const foreign: Record<string, object> = {
  'content of a kind of its own': {
    messages: [{ role: 'user', content: [{ type: 'point_cloud', point_cloud: { url: 'http://127.0.0.1/a' } }] }],
  },
  'an uploaded file': { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
  'thinking in the history': {
    messages: [...hello, { role: 'assistant', content: [{ type: 'thinking', thinking: [] }] }, ...hello],
  },
  'a role of its own': { messages: [{ role: 'latest_reminder', content: 'x' }, ...hello] },
  'a prefix to go on from': { messages: [...hello, { role: 'assistant', content: 3 }] },
  'an output without its call': { messages: [{ role: 'tool', tool_call_id: 'c9', content: '1' }, ...hello] },
  'a call without its output': { messages: [{ role: 'assistant', tool_calls: [call] }, ...hello] },
  'modalities and sound': { modalities: ['text', 'audio', 'video'], audio: { voice: 'x', format: 'wav' } },
  'no limit': { max_tokens: -1, max_completion_tokens: 0 },
  'sampling beyond bounds': { temperature: 9.5, top_p: 1.5, presence_penalty: -4, top_logprobs: 40 },
  'an effort and a tier of its own': { reasoning_effort: 'turbo', service_tier: 'on_demand', verbosity: 'chatty' },
  'a choice of its own': { tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'any' },
  'tools of the server': { tools: [{ type: 'builtin_function', function: { name: '$search' } }, { type: 'x:y' }] },
  'a format of its own': { response_format: { type: 'regex', pattern: 'a+' } },
  'a schema without a name': { response_format: { type: 'json_schema', json_schema: { schema: {} } } },
  names: { messages: [{ role: 'user', content: 'Hello', name: 'ann' }] },
  'other types': { stop: 7, metadata: { a: { b: 1 } }, seed: 'x', user: 5, n: 1.5, stream_options: [] },
};

for (const [name, fields] of Object.entries(foreign)) {
  test(`Chat Completions passes on ${name}`, async (t) => {
    const h = await setUp(t);
    const body = { messages: hello, ...fields };
    for (const stream of [false, true]) {
      const answer = await post(h, '/v1/chat/completions', { model: 'box/fake-model', ...body, stream });
      const text = await answer.text();
      assert.equal(answer.status, 200, text);
      assert.match(text, /Hello from the fake server|"Hello /);
      assert.equal(answer.headers.get('x-opencompat-ignored'), null);
      assert.deepEqual(h.box.last.body, { model: 'fake-model', ...body, stream });
    }
  });
}

test('what is wrong without a model, or with what says whether to stream, is refused here', async (t) => {
  const h = await setUp(t);
  for (const fields of [{ model: 7 }, { model: '' }, { stream: 'yes' }, { messages: 'hi' }]) {
    const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello, ...fields });
    assert.equal(answer.status, 400, await answer.text());
  }
  assert.equal(h.box.requests.length, 0);
});

test('whoever translates refuses it, by the name that the client has for the field', async (t) => {
  const body = { messages: hello, temperature: 9.5 };
  const asked = async (h: Awaited<ReturnType<typeof setUp>>, model: string) => {
    const answer = await post(h, '/v1/chat/completions', { ...body, model });
    const text = await answer.text();
    assert.match(text, /^\{/, model);
    return { status: answer.status, ...(JSON.parse(text) as { error: { param: string } }).error };
  };
  const h = await setUp(t, { isSignedIn: true, config: { aliases: { both: ['chatgpt/gpt-5.5', 'box/fake-model'] } } });
  for (const model of ['gpt-5.5', 'both']) {
    const { status, param } = await asked(h, model);
    assert.deepEqual({ status, param }, { status: 400, param: 'temperature' }, model);
  }
  const seen = await setUp(t, { plugins: [reader] });
  const { status, param } = await asked(seen, 'fake-model');
  assert.deepEqual({ status, param }, { status: 400, param: 'temperature' }, 'a plugin reads the request');
});

test('a choice that the upstream refuses keeps its words', async (t) => {
  const h = await setUp(t);
  h.box.refuse(400, { error: { message: 'no such voice', type: 'invalid_request_error', param: 'audio', code: null } });
  const answer = await post(h, '/v1/chat/completions', {
    model: 'fake-model',
    messages: hello,
    modalities: ['audio'],
    audio: { voice: 'nobody' },
  });
  assert.equal(answer.status, 400);
  const { error } = (await answer.json()) as { error: { message: string; param: string } };
  assert.deepEqual([error.message, error.param], ['no such voice', 'audio']);
});

test('tools in the flat form of the Responses API get the form of this one', async (t) => {
  const h = await setUp(t);
  const parameters = { type: 'object', properties: {} };
  const answer = await post(h, '/v1/chat/completions', {
    model: 'fake-model',
    messages: hello,
    tools: [
      { type: 'function', name: 'f', parameters },
      { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
      { type: 'function', function: { name: 'g', parameters } },
    ],
    tool_choice: { type: 'function', name: 'f' },
  });
  assert.equal(answer.status, 200, await answer.text());
  const { tools, tool_choice: choice } = h.box.last.body;
  assert.deepEqual(tools, [
    { type: 'function', function: { name: 'f', parameters } },
    {
      type: 'custom',
      custom: { name: 'patch', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } } },
    },
    { type: 'function', function: { name: 'g', parameters } },
  ]);
  assert.deepEqual(choice, { type: 'function', function: { name: 'f' } });
});

test('a body in the form of the Responses API is answered in chunks', async (t) => {
  const h = await setUp(t);
  for (const stream of [false, true]) {
    const answer = await post(h, '/v1/chat/completions', {
      model: 'fake-model',
      stream,
      input: [
        { role: 'system', content: 'You edit files.' },
        { role: 'user', content: 'Hello' },
      ],
      tools: [{ type: 'function', name: 'read', parameters: { type: 'object', properties: {} } }],
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
      store: false,
    });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    assert.match(text, stream ? /"object":"chat\.completion\.chunk".*\[DONE\]/s : /"object":"chat\.completion"/);
    const { messages, tools, input, reasoning_effort: effort } = h.box.last.body;
    assert.deepEqual(messages, [{ role: 'system', content: 'You edit files.' }, ...hello]);
    assert.equal(tools[0].function.name, 'read');
    assert.deepEqual([input, effort], [undefined, 'low']);
  }
});

test('a body of the Responses API goes to an upstream that has it with all that it holds', async (t) => {
  const h = await setUp(t, { hasResponses: true });
  const body = {
    input: [{ role: 'user', content: [{ type: 'input_video', video_url: 'http://127.0.0.1/a.mp4' }] }],
    temperature: 9.5,
    tool_choice: 'any',
    truncation: 'smart',
    service_tier: 'on_demand',
    reasoning: { effort: 'turbo', budget: 5 },
    text: { format: { type: 'regex' } },
    chat_template_kwargs: { enable_thinking: true },
  };
  const answer = await post(h, '/v1/responses', { model: 'box/fake-model', ...body });
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.equal(answer.headers.get('x-opencompat-ignored'), null);
  const { input, ...rest } = body;
  assert.deepEqual(h.box.last.body, {
    ...rest,
    model: 'fake-model',
    input: [{ type: 'message', ...input[0] }],
    store: false,
    stream: true,
  });
  // And is gone on from, since the answer is kept here.
  const { id } = (await answer.json()) as { id: string };
  const next = await post(h, '/v1/responses', {
    model: 'box/fake-model',
    input: 'And?',
    previous_response_id: id,
    service_tier: 'on_demand',
  });
  assert.equal(next.status, 200, await next.text());
  assert.equal((h.box.last.body as { input: unknown[] }).input.length, 3);
  assert.ok(!('previous_response_id' in h.box.last.body));
});

test('an upstream without the Responses API gets no field that only that may know', async (t) => {
  const h = await setUp(t);
  const answer = await post(h, '/v1/responses', { model: 'fake-model', input: 'Hello', odd_field: 1 });
  assert.equal(answer.status, 200, await answer.text());
  assert.equal(answer.headers.get('x-opencompat-ignored'), 'odd_field');
  assert.equal(h.box.last.body.odd_field, undefined);
  const odd = await post(h, '/v1/responses', { model: 'fake-model', input: 'Hello', temperature: 9.5 });
  assert.equal(odd.status, 400, await odd.text());
});

test('a picture whose label lies is passed on with its own', async (t) => {
  const h = await setUp(t, { hasResponses: true });
  const base64 = `/9j/${'A'.repeat(40)}`;
  const picture = (type: string) => `data:${type};base64,${base64}`;
  const chat = (type: string) => [
    { role: 'user', content: [{ type: 'image_url', image_url: { url: picture(type) } }] },
  ];
  await post(h, '/v1/chat/completions', { model: 'fake-model', messages: chat('image/png') });
  assert.deepEqual(h.box.last.body.messages, chat('image/jpeg'));
  const input = (type: string) => [
    { type: 'message', role: 'user', content: [{ type: 'input_image', image_url: picture(type) }] },
  ];
  await post(h, '/v1/responses', { model: 'fake-model', input: input('image/jpg') });
  assert.deepEqual(h.box.last.body.input, input('image/jpeg'));
});

test('a body in the form of the Responses API: errors, and what is ignored, have the names of its own fields', async (t) => {
  const h = await setUp(t);
  const bodies: [object, string][] = [
    [{ input: 5 }, 'input'],
    [{ input: [{ role: 'user', content: [{ type: 'input_image', image_url: 5 }] }] }, 'input[0].content[0].image_url'],
    [{ input: [{ type: 'function_call_output', call_id: 'zz', output: '1' }] }, 'input[0].call_id'],
    [{ input: [{ type: 'nonsense' }] }, 'input[0].type'],
    [{ input: 'x', reasoning: { effort: 'bogus' } }, 'reasoning.effort'],
    [{ input: 'x', text: { format: { type: 'bogus' } } }, 'text.format.type'],
    [{ input: 'x', tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ messages: 5 }, 'messages'],
    [{}, 'messages'],
  ];
  for (const [body, param] of bodies) {
    const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', ...body });
    const { error } = (await answer.json()) as { error: { param: string; message: string } };
    assert.equal(error.param, param);
    if (param !== 'messages') assert.doesNotMatch(error.message, /messages/);
  }
});
