/** Claude where only Anthropic's API reaches it, for clients of every other API: translated there and back. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { keepThinking } from '../../../lib/apis/messages/kept-thinking.ts';
import { defineMiddleware } from '../../../lib/chain/middleware.ts';
import { messageEvents } from '../../support/fake-copilot.ts';
import { fakeChatText } from '../../support/fake-openai-server.ts';
import { createHarness, type Harness, type HarnessOptions } from '../../support/harness.ts';
import { signThinking } from '../../support/messages-refusals.ts';

type Json = Record<string, unknown>;

/** Is asked to think with a budget of tokens; takes sampling parameters. */
const haiku = 'claude-haiku-5';
/** Thinks as it sees fit, with an effort; takes none. */
const opus = 'claude-opus-5';
const hello: ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }];
const weather: ChatCompletionTool = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};

/** With the account's list at hand: it is asked for behind the first look at it. */
async function setUp(t: TestContext, options: HarnessOptions = {}): Promise<Harness> {
  const harness = await createHarness(t, { copilot: true, isSignedIn: false, ...options });
  for (;;) {
    if ((await harness.client.models.list()).data.some(({ id }) => id === opus)) return harness;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

type Block = { thinking: string } | { text: string } | { id: string; name: string; input: object };

/** A stream of Anthropic's. */
function scriptMessage(blocks: readonly Block[], end: { stop_reason?: string; stop_sequence?: string } = {}): object[] {
  const [start] = messageEvents(haiku);
  const isCall = blocks.some((block) => 'id' in block);
  return [
    start!,
    ...blocks.flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: toStart(block) },
      ...toDeltas(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason: isCall ? 'tool_use' : 'end_turn', stop_sequence: null, ...end },
      usage: { output_tokens: 21 },
    },
    { type: 'message_stop' },
  ];
}

function toStart(block: Block): object {
  if ('thinking' in block) return { type: 'thinking', thinking: '', signature: '' };
  return 'text' in block ? { type: 'text', text: '' } : { type: 'tool_use', ...block, input: {} };
}

function toDeltas(block: Block): object[] {
  const pieces = (text: string) => text.match(/.{1,5}/gs) ?? [];
  if ('thinking' in block) {
    const { thinking } = block;
    return [
      ...pieces(thinking).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      { type: 'signature_delta', signature: signThinking(thinking) },
    ];
  }
  if ('text' in block) return pieces(block.text).map((text) => ({ type: 'text_delta', text }));
  return pieces(JSON.stringify(block.input)).map((partial_json) => ({ type: 'input_json_delta', partial_json }));
}

const thought = 'Two cities, two calls.';
const calls = [
  { id: 'toolu_a', name: 'weather', input: { city: 'Oslo' } },
  { id: 'toolu_b', name: 'weather', input: { city: 'Rome' } },
];
const turnOfTools = scriptMessage([{ thinking: thought }, { text: 'I look.' }, ...calls]);
const sentMessages = ({ copilot }: Harness) => copilot.last.body.messages as { role: string; content: Json[] }[];
const statuses = ({ copilot }: Harness) => copilot.requests.map(({ status }) => status);

for (const model of [haiku, opus]) {
  test(`chat with ${model}, whole and streamed, at the one path that it has`, async (t) => {
    const h = await setUp(t);
    const whole = await h.client.chat.completions.create({ model, messages: hello, reasoning_effort: 'medium' });
    const [choice] = whole.choices;
    assert.equal(choice!.message.content, fakeChatText);
    assert.equal((choice!.message as unknown as Json).reasoning_content, 'Hm.');
    assert.equal(choice!.finish_reason, 'stop');
    const { prompt_tokens, completion_tokens, prompt_tokens_details } = whole.usage!;
    assert.deepEqual([prompt_tokens, completion_tokens, prompt_tokens_details?.cached_tokens], [12, 5, 3]);

    h.copilot.reply(messageEvents(model), { splitEveryBytes: 11 });
    const streamed = await h.client.chat.completions
      .stream({ model, messages: hello, stream_options: { include_usage: true } })
      .finalChatCompletion();
    assert.equal(streamed.choices[0]!.message.content, fakeChatText);
    assert.deepEqual(streamed.usage, whole.usage);
    assert.deepEqual(
      h.copilot.requests.map(({ path, status }) => [path, status]),
      [1, 2].map(() => ['/individual/v1/messages', 200]),
    );
  });
}

for (const model of [haiku, opus]) {
  test(`${model} in a loop of tools: calls side by side, their results, and again`, async (t) => {
    const h = await setUp(t);
    const messages = [{ role: 'system', content: 'Be brief.' }, ...hello] as ChatCompletionMessageParam[];
    h.copilot.reply(turnOfTools).reply(turnOfTools);
    for (const round of [1, 2]) {
      const answer: OpenAI.ChatCompletion = await h.client.chat.completions.create({
        model,
        messages,
        tools: [weather],
      });
      const { message, finish_reason } = answer.choices[0]!;
      assert.equal(finish_reason, 'tool_calls');
      assert.deepEqual(
        message.tool_calls?.map((call) => call.type === 'function' && [call.id, call.function]),
        calls.map(({ id, name, input }) => [id, { name, arguments: JSON.stringify(input) }]),
      );
      messages.push(message);
      for (const { id } of message.tool_calls!) messages.push({ role: 'tool', tool_call_id: id, content: `${round}` });
    }
    const { choices } = await h.client.chat.completions.create({ model, messages, tools: [weather] });
    assert.equal(choices[0]!.message.content, fakeChatText);
    assert.deepEqual(statuses(h), [200, 200, 200]);
    assert.equal(h.copilot.last.headers['x-initiator'], 'agent');
    const [, turn, results, again, more] = sentMessages(h);
    const ids = (content: Json[], key: string) => content.map((block) => block[key]).filter(Boolean);
    assert.deepEqual(ids(turn!.content, 'id'), ids(results!.content, 'tool_use_id'));
    assert.deepEqual(ids(again!.content, 'id'), ids(more!.content, 'tool_use_id'));
  });
}

test('structured output: a schema as clients write it is one that Anthropic takes', async (t) => {
  const h = await setUp(t);
  const schema = {
    type: 'object',
    required: ['cities'],
    properties: {
      cities: {
        type: 'array',
        maxItems: 3,
        items: { type: 'object', properties: { minimum: { type: 'integer', minimum: 0, description: 'Degrees.' } } },
      },
    },
  };
  h.copilot.reply(scriptMessage([{ text: '{"cities":[]}' }]));
  const answer = await h.client.chat.completions.create({
    model: opus,
    messages: hello,
    response_format: { type: 'json_schema', json_schema: { name: 'cities', schema } },
  });
  assert.equal(answer.choices[0]!.message.content, '{"cities":[]}');
  assert.deepEqual(statuses(h), [200]);
  const { format } = h.copilot.last.body.output_config;
  const degrees = format.schema.properties.cities.items.properties.minimum;
  assert.deepEqual([degrees.type, degrees.minimum], ['integer', undefined]);
  assert.match(degrees.description, /^Degrees\..*minimum: 0/, 'what cannot be enforced is still said');
});

test('structured output where the backend has no such field: the schema is said in words, and so is that', async (t) => {
  const h = await setUp(t);
  const message = 'output_config: Extra inputs are not permitted';
  h.copilot.refuse(400, { type: 'error', error: { type: 'invalid_request_error', message } });
  const json_schema = { name: 'x', schema: { type: 'object', properties: { unheard: { type: 'string' } } } };
  const { data, response } = await h.client.chat.completions
    .create({ model: opus, messages: hello, response_format: { type: 'json_schema', json_schema } })
    .withResponse();
  assert.equal(data.choices[0]!.message.content, fakeChatText);
  assert.match(response.headers.get('x-opencompat-ignored')!, /response_format/);
  assert.equal(h.copilot.last.body.output_config, undefined);
  assert.match(JSON.stringify(h.copilot.last.body.system), /unheard/);
});

test('pictures', async (t) => {
  const h = await setUp(t);
  const url = 'data:image/png;base64,iVBORw0KGgo=';
  await h.client.chat.completions.create({
    model: haiku,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ],
  });
  const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
  assert.deepEqual(sentMessages(h)[0]!.content[1], { type: 'image', source });
  assert.equal(h.copilot.last.headers['copilot-vision-request'], 'true');
});

test('stop sequences, limits and sampling', async (t) => {
  const h = await setUp(t);
  const ask = (fields: object) =>
    h.client.chat.completions.create({ model: haiku, messages: hello, ...fields }).withResponse();
  h.copilot.reply(scriptMessage([{ text: 'One, two' }], { stop_reason: 'stop_sequence', stop_sequence: 'three' }));
  const stopped = await ask({ stop: ['three'], reasoning_effort: 'none', temperature: 1.8, top_p: 0.5 });
  assert.deepEqual(
    [stopped.data.choices[0]!.message.content, stopped.data.choices[0]!.finish_reason],
    ['One, two', 'stop'],
  );
  assert.deepEqual(h.copilot.last.body.stop_sequences, ['three']);
  assert.equal(h.copilot.last.body.temperature, 1);
  assert.equal(stopped.response.headers.get('x-opencompat-ignored'), 'top_p');

  // Blank ones Anthropic does not take: they are seen to here.
  h.copilot.reply(scriptMessage([{ text: 'One\n\ntwo three' }]));
  const blank = await ask({ stop: ['\n\n', 'three'] });
  assert.equal(blank.data.choices[0]!.message.content, 'One');

  h.copilot.reply(scriptMessage([{ text: 'One' }], { stop_reason: 'max_tokens' }));
  const cut = await ask({ max_tokens: 50 });
  assert.equal(cut.data.choices[0]!.finish_reason, 'length');
  assert.equal(h.copilot.last.body.max_tokens, 50);
  await ask({ max_tokens: 1_000_000 });
  assert.equal(h.copilot.last.body.max_tokens, 16_000, 'the most that the model gives');

  const sampled = await ask({ model: opus, temperature: 0.5, reasoning_effort: 'none' });
  assert.equal(sampled.response.headers.get('x-opencompat-ignored'), 'temperature');
  await ask({ model: opus, temperature: 0.5, reasoning_effort: 'none' });
  assert.deepEqual(statuses(h).slice(-3), [400, 200, 200], 'what a model no longer takes is left out from then on');
});

test('thinking that cannot be is named', async (t) => {
  const h = await setUp(t);
  const { response } = await h.client.chat.completions
    .create({ model: haiku, messages: hello, tools: [weather], tool_choice: 'required', reasoning_effort: 'high' })
    .withResponse();
  assert.equal(response.headers.get('x-opencompat-ignored'), 'reasoning_effort');
  assert.equal(h.copilot.last.body.thinking, undefined);
});

for (const [name, messages] of [
  ['nothing but instructions', [{ role: 'system', content: 'Say hello.' }]],
  ['a conversation that the model begins', [{ role: 'assistant', content: 'Welcome!' }, ...hello]],
  [
    'texts that say nothing',
    [{ role: 'user', content: [{ type: 'text', text: ' ' }, ...[{ type: 'text', text: 'Hi' }]] }],
  ],
  ['a beginning for the model to go on from', [...hello, { role: 'assistant', content: 'Well, ' }]],
  [
    'ids that are used again',
    [1, 2].flatMap((round) => [
      { role: 'user', content: `Round ${round}` },
      {
        role: 'assistant',
        content: null,
        tool_calls: ['call.1', 'call_1'].map((id) => ({
          id,
          type: 'function',
          function: { name: 'weather', arguments: '{}' },
        })),
      },
      { role: 'tool', tool_call_id: 'call_1', content: `second ${round}` },
      { role: 'tool', tool_call_id: 'call.1', content: `first ${round}` },
    ]),
  ],
] as [string, ChatCompletionMessageParam[]][]) {
  for (const model of [haiku, opus]) {
    test(`${name}: as ${model} takes it`, async (t) => {
      const h = await setUp(t);
      const answer = await h.client.chat.completions.create({ model, messages, reasoning_effort: 'medium' });
      assert.equal(answer.choices[0]!.message.content, fakeChatText);
      assert.deepEqual(statuses(h), [200]);
    });
  }
}

test('results go to the calls that they are of, though two calls have one id', async (t) => {
  const h = await setUp(t);
  const call = { id: 'call_1', type: 'function' as const, function: { name: 'weather', arguments: '{}' } };
  const round = (n: number): ChatCompletionMessageParam[] => [
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: `result ${n}` },
  ];
  await h.client.chat.completions.create({
    model: haiku,
    messages: [...hello, ...round(1), ...round(2)],
    tools: [weather],
  });
  const [, first, one, second, two] = sentMessages(h);
  assert.equal(one!.content[0]!.tool_use_id, first!.content[0]!.id);
  assert.equal(one!.content[0]!.content, 'result 1');
  assert.equal(two!.content[0]!.tool_use_id, second!.content[0]!.id);
  assert.equal(two!.content[0]!.content, 'result 2');
});

const anthropicError = (type: string, message = 'So it is.') => ({ type: 'error', error: { type, message } });

for (const [type, status, expected] of [
  ['overloaded_error', 529, { status: 503, code: 'server_is_overloaded' }],
  ['rate_limit_error', 429, { status: 429, code: 'rate_limit_exceeded' }],
  ['invalid_request_error', 400, { status: 400, message: /So it is/ }],
  ['api_error', 500, { status: 502, code: 'upstream_error' }],
] as const) {
  test(`${type} is told as clients know it`, async (t) => {
    const h = await setUp(t);
    h.copilot.refuse(status, anthropicError(type));
    await assert.rejects(h.client.chat.completions.create({ model: haiku, messages: hello }), expected);
  });
}

test('a prompt that is too long is told as such', async (t) => {
  const h = await setUp(t);
  h.copilot.refuse(400, anthropicError('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'));
  const expected = { status: 400, code: 'context_length_exceeded' };
  await assert.rejects(h.client.chat.completions.create({ model: haiku, messages: hello }), expected);
});

test('an error in the middle of a stream ends it as the client’s API says', async (t) => {
  const h = await setUp(t);
  const events = [...turnOfTools.slice(0, 6), anthropicError('overloaded_error')];
  h.copilot.reply(events).reply(events).reply(events);
  await assert.rejects(
    h.client.chat.completions.stream({ model: haiku, messages: hello }).finalChatCompletion(),
    (error) =>
      error instanceof OpenAI.APIError && error.code === 'server_is_overloaded' && /So it is/.test(error.message),
  );
  await assert.rejects(h.client.chat.completions.create({ model: haiku, messages: hello }), { status: 503 });
  const failed = await h.client.responses.stream({ model: haiku, input: 'Hello' }).finalResponse();
  assert.deepEqual([failed.status, failed.error?.code], ['failed', 'server_is_overloaded']);
});

for (const model of [haiku, opus]) {
  test(`Responses with ${model}: thinking that is handed back reaches it as it came, over two turns`, async (t) => {
    const h = await setUp(t);
    const secondThought = scriptMessage([{ thinking: 'One more.' }, { id: 'toolu_c', name: 'weather', input: {} }]);
    h.copilot.reply(turnOfTools).reply(secondThought, { splitEveryBytes: 17 });
    const tools = [{ type: 'function' as const, name: 'weather', parameters: {}, strict: false }];
    const input: ResponseInputItem[] = [{ role: 'user', content: 'Weather?' }];
    const common = {
      model,
      tools,
      store: false,
      reasoning: { effort: 'medium' as const },
      include: ['reasoning.encrypted_content' as const],
    };
    for (const stream of [false, true]) {
      const answer = stream
        ? await h.client.responses.stream({ ...common, input }).finalResponse()
        : await h.client.responses.create({ ...common, input });
      for (const item of answer.output as ResponseInputItem[]) {
        input.push(item);
        if ('type' in item && item.type === 'reasoning') assert.ok(item.encrypted_content);
      }
      for (const item of answer.output) {
        if (item.type !== 'function_call') continue;
        input.push({ type: 'function_call_output', call_id: item.call_id, output: 'sunny' });
      }
    }
    const last = await h.client.responses.create({ ...common, input });
    assert.equal(last.output_text, fakeChatText);
    assert.deepEqual(statuses(h), [200, 200, 200]);
    assert.ok(h.copilot.last.body.thinking);
    const thinking = sentMessages(h).flatMap(({ content }) => content.filter(({ type }) => type === 'thinking'));
    assert.deepEqual(
      thinking,
      [thought, 'One more.'].map((text) => ({ type: 'thinking', thinking: text, signature: signThinking(text) })),
    );
  });

  test(`Responses with ${model}: an answer is gone on from by its id, thinking and all`, async (t) => {
    const h = await setUp(t);
    h.copilot.reply(turnOfTools);
    const tools = [{ type: 'function' as const, name: 'weather', parameters: {}, strict: false }];
    const common = { model, tools, reasoning: { effort: 'medium' as const } };
    const first = await h.client.responses.create({ ...common, input: 'Weather?' });
    await h.client.responses.create({
      ...common,
      previous_response_id: first.id,
      input: calls.map(({ id }) => ({ type: 'function_call_output' as const, call_id: id, output: 'sunny' })),
    });
    assert.deepEqual(sentMessages(h)[1]!.content[0], {
      type: 'thinking',
      thinking: thought,
      signature: signThinking(thought),
    });
  });
}

test('thinking that is not taken back, as of another account, is left out', async (t) => {
  const h = await setUp(t);
  const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'b3RoZXI=' };
  const input = [
    { role: 'user', content: 'Hello' },
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: keepThinking(thinking) },
    { role: 'assistant', content: 'Hello.' },
    { role: 'user', content: 'And?' },
  ] as ResponseInputItem[];
  const answer = await h.client.responses.create({ model: haiku, input, store: false });
  assert.equal(answer.output_text, fakeChatText);
  assert.deepEqual(statuses(h), [400, 200]);
});

test('Ollama’s clients get its thinking, its text and its calls', async (t) => {
  const h = await setUp(t);
  const ask = async (fields: object) => {
    h.copilot.reply(turnOfTools, { splitEveryBytes: 23 });
    const body = { model: haiku, messages: hello, tools: [weather], think: true, ...fields };
    const text = await (await h.fetch('/api/chat', { method: 'POST', body: JSON.stringify(body) })).text();
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const [whole] = await ask({ stream: false });
  const { content, thinking, tool_calls } = whole.message;
  assert.deepEqual([content, thinking], ['I look.', thought]);
  assert.deepEqual(
    tool_calls.map((call: { id: string; function: Json }) => [call.id, call.function.arguments]),
    calls.map(({ id, input }) => [id, input]),
  );
  assert.deepEqual([whole.done_reason, whole.prompt_eval_count, whole.eval_count], ['stop', 12, 21]);
  const lines = await ask({});
  assert.equal(lines.map(({ message }) => message.thinking ?? '').join(''), thought);
  assert.equal(lines.map(({ message }) => message.content).join(''), 'I look.');
  assert.deepEqual(
    lines.flatMap(({ message }) => message.tool_calls ?? []),
    tool_calls,
  );
});

const watch = defineMiddleware({
  name: 'watch',
  after: ['validate'],
  create: () => (req, _res, next) => {
    req.exchange.onEvent((event, emit) => emit(event));
    next();
  },
});
const anthropicOf = (h: Harness) => new Anthropic({ baseURL: h.url, apiKey: 'none', maxRetries: 0 });

for (const model of [haiku, opus]) {
  test(`Anthropic’s clients, ${model}, read by a plugin on the way: thinking and what signs it, there and back`, async (t) => {
    const h = await setUp(t, { plugins: [watch] });
    const client = anthropicOf(h);
    h.copilot.reply(turnOfTools).reply(turnOfTools, { splitEveryBytes: 19 });
    const body = {
      model,
      max_tokens: 4096,
      thinking: model === opus ? { type: 'adaptive' as const } : { type: 'enabled' as const, budget_tokens: 1024 },
      tools: [{ name: 'weather', input_schema: { type: 'object' as const } }],
      messages: [{ role: 'user', content: 'Weather?' }] as Anthropic.MessageParam[],
    };
    const whole = await client.messages.create(body);
    const [thinking, text, ...uses] = whole.content;
    assert.ok(thinking?.type === 'thinking' && text?.type === 'text');
    assert.deepEqual([thinking.thinking, text.text], [thought, 'I look.']);
    assert.deepEqual(
      uses.map((use) => use.type === 'tool_use' && [use.id, use.input]),
      calls.map(({ id, input }) => [id, input]),
    );
    assert.equal(whole.stop_reason, 'tool_use');
    const { input_tokens, cache_read_input_tokens, output_tokens } = whole.usage;
    assert.deepEqual([input_tokens, cache_read_input_tokens, output_tokens], [9, 3, 21]);
    const streamed = await client.messages.stream(body).finalMessage();
    assert.deepEqual(JSON.parse(JSON.stringify(streamed.content)), whole.content);

    const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'sunny' }));
    body.messages.push({ role: 'assistant', content: whole.content }, { role: 'user', content: results });
    await client.messages.create(body);
    assert.deepEqual(statuses(h), [200, 200, 200]);
    assert.deepEqual(sentMessages(h)[1]!.content[0], {
      type: 'thinking',
      thinking: thought,
      signature: signThinking(thought),
    });
  });
}

test('a stop sequence that the upstream names is named to Anthropic’s clients, read on the way or passed on', async (t) => {
  for (const plugins of [[], [watch]]) {
    const h = await setUp(t, { plugins });
    const events = scriptMessage([{ text: 'One, two' }], { stop_reason: 'stop_sequence', stop_sequence: 'three' });
    h.copilot.reply(events).reply(events);
    const body = {
      model: haiku,
      max_tokens: 100,
      stop_sequences: ['three'],
      messages: [{ role: 'user' as const, content: 'Count.' }],
    };
    const streamed = await anthropicOf(h).messages.stream(body).finalMessage();
    assert.deepEqual([streamed.stop_reason, streamed.stop_sequence], ['stop_sequence', 'three']);
  }
});

test('thinking that was read on the way goes back as it came when the next request is passed on', async (t) => {
  const h = await setUp(t);
  const client = anthropicOf(h);
  h.copilot.reply(turnOfTools);
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Weather?' }];
  const common = {
    max_tokens: 4096,
    thinking: { type: 'adaptive' as const },
    tools: [{ name: 'weather', input_schema: { type: 'object' as const } }],
  };
  // An effort in the name has to be put in; without one the request goes as it is.
  const first = await client.messages.create({ ...common, model: `${opus}-high`, messages });
  const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'sunny' }));
  messages.push({ role: 'assistant', content: first.content }, { role: 'user', content: results });
  const second = await client.messages.create({ ...common, model: opus, messages });
  assert.equal(second.content.at(-1)!.type, 'text');
  assert.deepEqual(statuses(h), [200, 200]);
  assert.deepEqual(sentMessages(h)[1]!.content[0], {
    type: 'thinking',
    thinking: thought,
    signature: signThinking(thought),
  });
});
