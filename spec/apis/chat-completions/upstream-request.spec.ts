/** Canonical requests as the bodies that upstreams of the Chat Completions API are sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ChatRequest, chatCompletions } from '../../../lib/apis/chat-completions/index.ts';
import { InputReader } from '../../../lib/apis/chat-completions/input-reader.ts';
import { writeServerState } from '../../../lib/apis/chat-completions/server-state.ts';
import { type ChatBodyOptions, toChatBody } from '../../../lib/apis/chat-completions/upstream-request.ts';
import { restoreCustomCalls } from '../../../lib/apis/chat-completions/upstream-tools.ts';
import type { CanonicalEvent, CanonicalRequest } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';
import { checkResponseStream, collectEvents, decodeChat, readChatFixture } from '../../support/chat-upstream.ts';
import { createFakeOpenAiServer } from '../../support/fake-openai-server.ts';
import { findRefusal } from '../../support/openai-refusals.ts';
import { expectAnswer, listAnswerFixtures, readFixture } from '../../support/response-events.ts';

type Json = Record<string, unknown>;

const hello = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] };
const helloMessage = { role: 'user', content: 'Hello' };

interface Built {
  body: Json;
  messages: Json[];
  ignored: string[];
}

function build(fields: object, options: Partial<ChatBodyOptions> = {}): Built {
  const ignored: string[] = [];
  const request = { model: 'asked', input: [hello], stream: true, ...fields } as unknown as CanonicalRequest;
  const before = structuredClone(request);
  const body = toChatBody(request, { model: 'served', ignore: (param) => ignored.push(param), ...options });
  assert.deepEqual(request, before, 'the request is left as it is');
  return { body: JSON.parse(JSON.stringify(body)), messages: body.messages as Json[], ignored };
}

function messagesOf(input: unknown[], options: Partial<ChatBodyOptions> = {}, fields: object = {}): unknown[] {
  const { body } = build({ input, ...fields }, options);
  return body.messages as unknown[];
}

function checkAccepted(body: Json, takes: readonly string[] = []): void {
  const refusal = findRefusal(body, { models: ['served'], takes: new Set(takes) });
  assert.equal(refusal, undefined, `${refusal?.body.error.message}\n${JSON.stringify(body)}`);
}

test('a plain request asks for a stream and its usage, and nothing else', () => {
  const { body, ignored } = build({});
  assert.deepEqual(body, {
    model: 'served',
    messages: [helloMessage],
    stream: true,
    stream_options: { include_usage: true },
  });
  assert.deepEqual(ignored, []);
});

const text = (value: string, type = 'input_text') => ({ type, text: value });
const said = (value: string) => ({ type: 'message', role: 'assistant', content: [text(value, 'output_text')] });
const called = (id: string, args = '{}', name = 'f') => ({ type: 'function_call', call_id: id, name, arguments: args });
const output = (id: string, value: unknown = 'done') => ({ type: 'function_call_output', call_id: id, output: value });
const toolCall = (id: string, args = '{}', name = 'f') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
const toolMessage = (id: string, content = 'done') => ({ role: 'tool', tool_call_id: id, content });
const picture = { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'auto' };
const chatPicture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
const thought = (value: string, rest: object = {}) => ({
  type: 'reasoning',
  summary: [],
  content: [text(value, 'reasoning_text')],
  ...rest,
});

const source = { provider: 'box', model: 'm' };

const rows: [title: string, input: unknown[], messages: unknown[], options?: Partial<ChatBodyOptions>][] = [
  [
    'instruction messages at the start become one',
    [
      { role: 'system', content: 'One.' },
      { type: 'message', role: 'developer', content: [text('Two.'), text('Three.')] },
      hello,
    ],
    [{ role: 'system', content: 'One.\n\nTwo.\nThree.' }, helloMessage],
  ],
  [
    'later ones are told by the user, since templates take none there',
    [hello, { type: 'message', role: 'developer', content: [text('Now.')] }],
    [{ role: 'user', content: 'Hello\n\nNow.' }],
  ],
  [
    'images, files and sounds of a user',
    [
      {
        role: 'user',
        content: [
          text('See'),
          { ...picture, detail: 'low' },
          { type: 'input_file', file_data: 'data:application/pdf;base64,AA==', filename: 'a.pdf' },
          { type: 'input_file', file_id: 'file_1' },
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
        ],
      },
    ],
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } },
          { type: 'file', file: { file_id: 'file_1' } },
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
        ],
      },
    ],
  ],
  [
    'all that one turn of the assistant said is one message',
    [
      hello,
      thought('Hm.'),
      said('Let me look.'),
      called('a'),
      called('b', '{"x":1}', 'g'),
      output('a'),
      output('b', 'two'),
    ],
    [
      helloMessage,
      { role: 'assistant', content: 'Let me look.', tool_calls: [toolCall('a'), toolCall('b', '{"x":1}', 'g')] },
      toolMessage('a'),
      toolMessage('b', 'two'),
    ],
  ],
  [
    'steps of a turn stay apart',
    [hello, called('a'), output('a'), called('b'), output('b'), said('So.')],
    [
      helloMessage,
      { role: 'assistant', content: null, tool_calls: [toolCall('a')] },
      toolMessage('a'),
      { role: 'assistant', content: null, tool_calls: [toolCall('b')] },
      toolMessage('b'),
      { role: 'assistant', content: 'So.' },
    ],
  ],
  [
    'outputs stand right behind their calls, in the order of the calls',
    [hello, called('a'), called('b'), output('b', '2'), { role: 'user', content: 'And?' }, output('a', '1')],
    [
      helloMessage,
      { role: 'assistant', content: null, tool_calls: [toolCall('a'), toolCall('b')] },
      toolMessage('a', '1'),
      toolMessage('b', '2'),
      { role: 'user', content: 'And?' },
    ],
  ],
  [
    'a call that nobody answered has no output to tell of',
    [hello, called('a'), { role: 'user', content: 'Never mind.' }],
    [
      helloMessage,
      { role: 'assistant', content: null, tool_calls: [toolCall('a')] },
      toolMessage('a', ''),
      { role: 'user', content: 'Never mind.' },
    ],
  ],
  [
    'ids that are used again in a later turn, and within one',
    [hello, called('a'), output('a', '1'), called('a'), called('a'), output('a', '2'), output('a', '3')],
    [
      helloMessage,
      { role: 'assistant', content: null, tool_calls: [toolCall('a')] },
      toolMessage('a', '1'),
      { role: 'assistant', content: null, tool_calls: [toolCall('a'), toolCall('a_2')] },
      toolMessage('a', '2'),
      toolMessage('a_2', '3'),
    ],
  ],
  [
    'no arguments at all',
    [hello, called('a', ''), output('a', null)],
    [helloMessage, { role: 'assistant', content: null, tool_calls: [toolCall('a')] }, toolMessage('a', '')],
  ],
  [
    'images of an output come in the next message, behind all outputs of the turn',
    [
      hello,
      called('a'),
      called('b'),
      output('a', [picture]),
      output('b', [text('b1'), picture, text('b2')]),
      said('Fine.'),
    ],
    [
      helloMessage,
      { role: 'assistant', content: null, tool_calls: [toolCall('a'), toolCall('b')] },
      toolMessage('a', 'The output follows in the next message.'),
      toolMessage('b', 'b1\nb2'),
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Output of the tool call a:' },
          chatPicture,
          { type: 'text', text: 'Output of the tool call b:' },
          chatPicture,
        ],
      },
      { role: 'assistant', content: 'Fine.' },
    ],
  ],
  [
    'refusals, as text',
    [hello, { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }],
    [helloMessage, { role: 'assistant', content: 'No.' }],
  ],
  [
    'refusals, as themselves',
    [hello, { role: 'assistant', content: [text('Well', 'output_text'), { type: 'refusal', refusal: 'No.' }] }],
    [helloMessage, { role: 'assistant', content: 'Well', refusal: 'No.' }],
    { hasRefusals: true },
  ],
  [
    'reasoning is not given back unless the server takes it',
    [hello, thought('Hm.', { encrypted_content: 'enc' }), said('Hi.')],
    [helloMessage, { role: 'assistant', content: 'Hi.' }],
  ],
  [
    'reasoning as DeepSeek takes it; the text rather than its summary',
    [
      hello,
      thought('Hm.', { summary: [text('short', 'summary_text')] }),
      { type: 'reasoning', summary: [text('Sum.', 'summary_text')] },
      called('a'),
      output('a'),
      thought('Nothing came of it.'),
    ],
    [
      helloMessage,
      { role: 'assistant', content: null, reasoning_content: 'Hm.\n\nSum.', tool_calls: [toolCall('a')] },
      toolMessage('a'),
    ],
    { reasoningField: 'reasoning_content' },
  ],
  [
    'reasoning as Copilot takes it',
    [hello, thought('Hm.', { encrypted_content: writeServerState({ opaque: 'b3BhcXVl' }, source) }), said('Hi.')],
    [helloMessage, { role: 'assistant', content: 'Hi.', reasoning_text: 'Hm.', reasoning_opaque: 'b3BhcXVl' }],
    { reasoningField: 'reasoning_text', source },
  ],
  [
    'custom calls, as functions',
    [
      hello,
      { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: 'a "b"' },
      { type: 'custom_tool_call_output', call_id: 'a', output: 'ok' },
    ],
    [
      helloMessage,
      { role: 'assistant', content: null, tool_calls: [toolCall('a', '{"input":"a \\"b\\""}', 'patch')] },
      toolMessage('a', 'ok'),
    ],
  ],
  [
    'custom calls, as themselves',
    [
      hello,
      { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: 'a "b"' },
      { type: 'custom_tool_call_output', call_id: 'a', output: 'ok' },
    ],
    [
      helloMessage,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'patch', input: 'a "b"' } }],
      },
      toolMessage('a', 'ok'),
    ],
    { hasCustomTools: true },
  ],
];

for (const [title, input, expected, options] of rows) {
  test(`messages: ${title}`, () => {
    const { body } = build({ input }, options);
    assert.deepEqual(body.messages, expected);
    checkAccepted(body, ['reasoning_content', 'reasoning_text', 'reasoning_opaque']);
  });
}

test('several outputs of one call are one message; a conversation in which nothing is said has a user', () => {
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
  const output = (said: string) => ({ type: 'function_call_output', call_id: 'c', output: said });
  const user = { type: 'message', role: 'user', content: 'Hi' };
  const sent = messagesOf([user, call, output('1'), output('2'), user, output('3')]) as {
    role: string;
    content: string;
  }[];
  assert.deepEqual(
    sent.map(({ role, content }) => [role, content]),
    [
      ['user', 'Hi'],
      ['assistant', null],
      ['tool', '1\n2\n3'],
      ['user', 'Hi'],
    ],
  );
  assert.throws(() => messagesOf([user, output('1')]), /no earlier tool call/);
  const silent = messagesOf([{ type: 'message', role: 'system', content: '' }]) as { role: string }[];
  assert.deepEqual(
    silent.map(({ role }) => role),
    ['user'],
  );
});

test('instructions come first', () => {
  const messages = messagesOf([{ role: 'developer', content: 'Two.' }, hello], {}, { instructions: 'One.' });
  assert.deepEqual(messages, [{ role: 'system', content: 'One.\n\nTwo.' }, helloMessage]);
  assert.deepEqual(messagesOf([], {}, { instructions: 'Alone.' }), [{ role: 'user', content: 'Alone.' }]);
});

test('ids that are too long are shortened, the same everywhere; a server may have ids of its own kind', () => {
  const id = `call_${'x'.repeat(60)}`;
  const [, call, answer] = messagesOf([hello, called(id), output(id)]) as {
    tool_calls: Json[];
    tool_call_id: string;
  }[];
  assert.equal(call!.tool_calls[0]!.id, answer!.tool_call_id);
  assert.equal(answer!.tool_call_id.length, 40);
  const [, , own] = messagesOf([hello, called('a'), output('a')], {
    toCallId: (given) => `${given}00000000`,
  }) as Json[];
  assert.equal(own!.tool_call_id, 'a00000000');
});

test('what ran at another provider is left out and named', () => {
  const { messages, ignored } = build({ input: [hello, { type: 'web_search_call', id: 'ws_1' }, said('Found.')] });
  assert.deepEqual(messages, [helloMessage, { role: 'assistant', content: 'Found.' }]);
  assert.deepEqual(ignored, ['input.web_search_call']);
});

const functionTool = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } };
const customTool = {
  type: 'custom',
  name: 'patch',
  description: 'Patches',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
};

test('tools', () => {
  const { body } = build({
    tools: [
      { ...functionTool, description: 'D', strict: true },
      { type: 'function', name: 'g', parameters: null, strict: false },
    ],
    tool_choice: 'required',
    parallel_tool_calls: false,
  });
  assert.deepEqual(body.tools, [
    { type: 'function', function: { name: 'f', description: 'D', parameters: functionTool.parameters, strict: true } },
    { type: 'function', function: { name: 'g', parameters: { type: 'object', properties: {} } } },
  ]);
  assert.equal(body.tool_choice, 'required');
  assert.equal(body.parallel_tool_calls, false);
  checkAccepted(body);
});

test('a choice of no tools is not sent', () => {
  const { body } = build({ tools: [], tool_choice: 'auto', parallel_tool_calls: true });
  assert.deepEqual(Object.keys(body), ['model', 'messages', 'stream', 'stream_options']);
});

test('custom tools, as functions and as themselves', () => {
  const fields = { tools: [customTool], tool_choice: { type: 'custom', name: 'patch' } };
  const wrapped = build(fields).body;
  assert.deepEqual(wrapped.tool_choice, { type: 'function', function: { name: 'patch' } });
  const [tool] = wrapped.tools as { function: { parameters: { properties: { input: Json } } } }[];
  assert.match(tool!.function.parameters.properties.input.description as string, /lark grammar:\nstart: "x"/);
  checkAccepted(wrapped);

  const kept = build(fields, { hasCustomTools: true }).body;
  assert.deepEqual(kept.tool_choice, { type: 'custom', custom: { name: 'patch' } });
  assert.deepEqual(kept.tools, [
    {
      type: 'custom',
      custom: {
        name: 'patch',
        description: 'Patches',
        format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } },
      },
    },
  ]);
  checkAccepted(kept);
});

test('allowed tools: sent as they are, or the others left out', () => {
  const fields = {
    tools: [functionTool, { ...functionTool, name: 'g' }],
    tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] },
  };
  const { body } = build(fields);
  assert.deepEqual(
    (body.tools as { function: Json }[]).map((tool) => tool.function.name),
    ['g'],
  );
  assert.equal(body.tool_choice, 'required');
  assert.deepEqual(build(fields, { hasAllowedTools: true }).body.tool_choice, {
    type: 'allowed_tools',
    allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] },
  });
  const none = build({ ...fields, tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] } }).body;
  assert.equal(none.tool_choice, 'none');
});

test('formats of text', () => {
  const formatOf = (format: object) => build({ text: { format } }).body.response_format;
  assert.equal(formatOf({ type: 'text' }), undefined);
  assert.deepEqual(formatOf({ type: 'json_object' }), { type: 'json_object' });
  const schema = { type: 'object', properties: {} };
  assert.deepEqual(formatOf({ type: 'json_schema', name: 'n', schema, strict: true, description: 'd' }), {
    type: 'json_schema',
    json_schema: { name: 'n', description: 'd', schema, strict: true },
  });
});

test('everything that the API has a word for', () => {
  const same = {
    ...{
      temperature: 0,
      top_p: 0.5,
      top_k: 40,
      frequency_penalty: 1,
      presence_penalty: -1,
      logit_bias: { '5': 3 },
      seed: 7,
    },
    ...{ user: 'u', safety_identifier: 's', metadata: { a: 'b' }, store: true, service_tier: 'flex' },
    ...{ prompt_cache_key: 'k', prompt_cache_retention: '24h', prediction: { type: 'content', content: 'x' } },
    ...{ stop: ['END'], logprobs: true, top_logprobs: 3 },
  };
  const { body, ignored } = build({
    ...same,
    max_output_tokens: 99,
    reasoning: { effort: 'low' },
    text: { verbosity: 'high' },
    extra: { min_p: 0.1, stream: false, n: 3, messages: [], model: 'other', functions: [] },
  });
  const { model, messages, stream, stream_options, ...rest } = body;
  assert.deepEqual(rest, { ...same, max_tokens: 99, reasoning_effort: 'low', verbosity: 'high', min_p: 0.1 });
  assert.deepEqual([model, messages, stream], ['served', [helloMessage], true]);
  assert.ok(stream_options);
  assert.deepEqual(ignored, []);
  checkAccepted(body, ['top_k', 'min_p']);
});

test('what a server does not take is left out and named', () => {
  const { body, ignored } = build(
    {
      top_k: 4,
      seed: 1,
      reasoning: { effort: 'low', summary: 'auto' },
      extra: { min_p: 1 },
      truncation: 'auto',
      store: false,
    },
    {
      omit: new Set(['top_k', 'min_p', 'stream_options', 'user']),
      reasoningEffort: 'none',
      maxTokensField: 'max_completion_tokens',
    },
  );
  assert.deepEqual(Object.keys(body), ['model', 'messages', 'seed', 'stream']);
  assert.deepEqual(ignored, ['truncation', 'reasoning.summary', 'reasoning_effort', 'top_k', 'min_p']);
  const { body: limited } = build({ max_output_tokens: 5 }, { maxTokensField: 'max_completion_tokens' });
  assert.equal(limited.max_completion_tokens, 5);
});

test('log probabilities as the Responses API asks for them', () => {
  const { body, ignored } = build({
    include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
    top_logprobs: 2,
  });
  assert.deepEqual([body.logprobs, body.top_logprobs, ignored], [true, 2, []]);
  const alone = build({ top_logprobs: 2, include: ['file_search_call.results'] });
  assert.equal(alone.body.top_logprobs, undefined);
  assert.deepEqual(alone.ignored, ['include', 'top_logprobs']);
  checkAccepted(alone.body);
});

test('a search of the web that is offered beside tools of the client’s own is left out, and named', () => {
  const tools = [{ type: 'web_search', external_web_access: true }, functionTool, { type: 'image_generation' }];
  const { body, ignored } = build({ tools, tool_choice: 'required' });
  assert.deepEqual(body.tools, build({ tools: [functionTool] }).body.tools);
  assert.equal(body.tool_choice, 'required');
  assert.deepEqual(ignored, ['tools[0]', 'tools[2]']);
  checkAccepted(body);
});

const refused: [title: string, fields: object, code: string, param: string][] = [
  ['a hosted tool', { tools: [functionTool, { type: 'file_search' }] }, 'OC_TOOL_NOT_SUPPORTED', 'tools[1].type'],
  ['a search and nothing else', { tools: [{ type: 'web_search' }] }, 'OC_TOOL_NOT_SUPPORTED', 'tools[0].type'],
  [
    'a search that is chosen',
    { tools: [functionTool, { type: 'web_search' }], tool_choice: { type: 'web_search' } },
    'OC_TOOL_NOT_SUPPORTED',
    'tools[1].type',
  ],
  [
    'a hosted choice',
    { tools: [functionTool], tool_choice: { type: 'web_search' } },
    'OC_TOOL_NOT_SUPPORTED',
    'tool_choice',
  ],
  ['an earlier response', { previous_response_id: 'resp_1' }, 'OC_UNSUPPORTED_PARAMETER', 'previous_response_id'],
  ['a reference', { input: [{ type: 'item_reference', id: 'x' }] }, 'OC_UNSUPPORTED_VALUE', 'input[0]'],
  ['an unknown item', { input: [hello, { type: 'song' }] }, 'OC_UNSUPPORTED_VALUE', 'input[1].type'],
  ['an output without a call', { input: [hello, output('x')] }, 'OC_ORPHAN_TOOL_OUTPUT', 'input[1].call_id'],
  ['an output before its call', { input: [output('a'), called('a')] }, 'OC_ORPHAN_TOOL_OUTPUT', 'input[0].call_id'],
  [
    'an image that is stored elsewhere',
    { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file_1' }] }] },
    'OC_UNSUPPORTED_VALUE',
    'input[0].content[0].image_url',
  ],
  [
    'a file by its URL',
    { input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://files.example/a' }] }] },
    'OC_UNSUPPORTED_VALUE',
    'input[0].content[0].file_data',
  ],
  [
    'an unknown part, of an output',
    { input: [called('a'), output('a', [{ type: 'song' }])] },
    'OC_UNSUPPORTED_VALUE',
    'input[1].output[0].type',
  ],
  ['content that is none', { input: [{ role: 'user', content: 5 }] }, 'OC_UNSUPPORTED_VALUE', 'input[0].content'],
];
for (const [title, fields, code, param] of refused) {
  test(`refuses ${title}`, () => {
    assert.throws(
      () => build(fields),
      (error) => error instanceof OpenCompatError && error.code === code && error.public.param === param,
    );
  });
}

const short = fc.string({ minLength: 1, maxLength: 6 });
const callName = fc.constantFrom('f', 'g');

/** Conversations as a Chat client may hold them. */
const conversation = fc
  .array(
    fc.oneof(
      fc.record({ role: fc.constant('system'), content: short }),
      fc.record({ role: fc.constant('user'), content: short }),
      fc.record({
        role: fc.constant('user'),
        content: fc.array(
          fc.oneof(
            fc.record({ type: fc.constant('text'), text: short }),
            fc.constant({ type: 'image_url', image_url: { url: 'https://pictures.example/a.png', detail: 'low' } }),
            fc.constant({ type: 'input_audio', input_audio: { data: 'AA==', format: 'mp3' } }),
          ),
          { minLength: 1, maxLength: 3 },
        ),
      }),
      fc.record({
        role: fc.constant('assistant'),
        content: fc.option(short),
        reasoning_content: fc.option(short, { nil: undefined }),
        calls: fc.array(fc.tuple(callName, fc.json(), short, fc.boolean()), { maxLength: 3 }),
      }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((turns) => {
    let count = 0;
    return turns.flatMap((turn): Json[] => {
      if (!('calls' in turn)) return [turn];
      const { calls, ...message } = turn;
      const made = calls.map(([name, args, answer, isCustom]) => ({
        id: `call_${++count}`,
        name,
        args,
        answer,
        isCustom,
      }));
      if (made.length === 0) return [message];
      const tool_calls = made.map(({ id, name, args, isCustom }) =>
        isCustom
          ? { id, type: 'custom', custom: { name, input: args } }
          : { id, type: 'function', function: { name, arguments: args } },
      );
      return [
        { ...message, tool_calls },
        ...made.map(({ id, answer }) => ({ role: 'tool', tool_call_id: id, content: answer })),
      ];
    });
  });

/** What a conversation means, however it is divided into messages. */
function meaningOf(messages: readonly Json[]): unknown[] {
  const steps: unknown[] = [];
  const say = (role: string, kind: string, value: unknown) => {
    const last = steps.at(-1) as [string, string, string] | undefined;
    if (kind === 'text' && last?.[0] === role && last[1] === 'text') last[2] += value;
    else steps.push([role, kind, value]);
  };
  for (const message of messages) {
    const role = String(message.role);
    if (message.reasoning_content) say(role, 'reasoning', message.reasoning_content);
    const parts = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    for (const part of (parts ?? []) as Json[]) {
      if (part.type === 'text') say(role, 'text', String(part.text).replaceAll('\n', ''));
      else say(role, String(part.type), JSON.stringify(part));
    }
    for (const call of (message.tool_calls ?? []) as Json[]) say(role, 'call', JSON.stringify(call));
  }
  return steps;
}

/** Instructions behind other messages are told by the user, who is also the first to speak, and speaks where nobody does. */
function inOrder(messages: readonly Json[]): Json[] {
  const beginning = { role: 'user', content: '(The conversation begins.)' };
  if (messages.length === 0) return [beginning];
  const isInstruction = ({ role }: Json) => role === 'system' || role === 'developer';
  const first = messages.findIndex((message) => !isInstruction(message));
  const told = messages.map((message, index) =>
    isInstruction(message) && (first < 0 || index > first) ? { ...message, role: 'user' } : message,
  );
  if (first < 0 || messages[first]?.role === 'user') return told;
  return told.toSpliced(first, 0, beginning);
}

/** Two assistant messages with nothing between them are one turn, in which calls stand behind all text. */
function hasTwoInARow(messages: readonly Json[]): boolean {
  return messages.some(({ role }, index) => role === 'assistant' && messages[index + 1]?.role === 'assistant');
}

const context = { headers: {}, defaults: { reasoningCompat: 'none' as const }, ignore: () => {} };

test('a Chat client’s conversation means the same to a Chat upstream, and is what servers take', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      const asked = { model: 'm', messages } as unknown as ChatRequest;
      const canonical = chatCompletions.toCanonical(asked, context);
      const { body } = build(
        { ...canonical, model: 'm' },
        { hasCustomTools: true, reasoningField: 'reasoning_content' },
      );
      if ((body.messages as unknown[]).length > 0) checkAccepted(body, ['reasoning_content']);
      const kept = messages.filter(
        ({ role, content, tool_calls }) => role !== 'assistant' || content !== null || tool_calls !== undefined,
      );
      if (hasTwoInARow(messages)) return;
      assert.deepEqual(meaningOf(body.messages as Json[]), meaningOf(inOrder(kept)));
      const wrapped = build({ ...canonical, model: 'm' }).body;
      if ((wrapped.messages as unknown[]).length > 0) checkAccepted(wrapped);
    }),
    { numRuns: 500 },
  );
});

for (const name of listAnswerFixtures()) {
  test(`the answer ${name} goes back to a Chat upstream with all that the API can carry`, () => {
    const expected = expectAnswer(readFixture(name));
    const events = readFixture(name);
    const items = events
      .filter(({ type }) => type === 'response.output_item.done')
      .map((event) => (event as unknown as { item: Json }).item);
    const terminal = events.at(-1) as unknown as { response: { output: Json[] } };
    const said = items.length > 0 ? items : terminal.response.output;
    const outputs = expected.toolCalls.map(({ id, type }) =>
      type === 'function' ? output(id, id) : { type: 'custom_tool_call_output', call_id: id, output: id },
    );
    const { body } = build(
      { input: [hello, ...said, ...outputs] },
      { hasCustomTools: true, hasRefusals: true, reasoningField: 'reasoning_content' },
    );
    checkAccepted(body, ['reasoning_content']);
    const [, message, ...answers] = body.messages as Json[];
    if (!message) {
      assert.deepEqual([expected.text, expected.refusal, expected.toolCalls], ['', '', []]);
      return;
    }
    const bare = (value: unknown) => String(value ?? '').replaceAll('\n', '');
    assert.equal(bare(message.content), bare(expected.text));
    assert.equal(bare(message.refusal), bare(expected.refusal));
    assert.equal(bare(message.reasoning_content), bare(expected.reasoning.join('')));
    assert.deepEqual(
      message.tool_calls ?? [],
      expected.toolCalls.map(({ id, name: tool, input, type }) =>
        type === 'custom'
          ? { id, type, custom: { name: tool, input } }
          : { id, type, function: { name: tool, arguments: input } },
      ),
    );
    assert.deepEqual(
      answers.map(({ tool_call_id, content }) => [tool_call_id, content]),
      expected.toolCalls.map(({ id }) => [id, id]),
    );
  });
}

test('the details of OpenRouter’s reasoning go back as they came', () => {
  const { output: items } = checkResponseStream(decodeChat(readChatFixture('reasoning-details')).events);
  const [, message] = messagesOf([hello, ...items], { reasoningField: 'reasoning' }) as Json[];
  assert.deepEqual(message, {
    role: 'assistant',
    content: 'Yes.',
    reasoning: 'Well, yes.',
    reasoning_details: [
      { type: 'reasoning.text', text: 'Well, yes.', signature: 'c2lnbmF0dXJl', format: 'some-v1', index: 0 },
    ],
  });
});

test('details that come whole stay apart', () => {
  const reasoning_details = [
    { type: 'reasoning.text', text: 'One.', signature: 's1' },
    { type: 'reasoning.text', text: 'Two.', signature: 's2' },
  ];
  const message = { role: 'assistant', content: 'Hi.', reasoning: 'One.Two.', reasoning_details };
  const { events } = collectEvents((decoder) =>
    decoder.decodeWhole!({ choices: [{ message, finish_reason: 'stop' }] }),
  );
  const [, back] = messagesOf([hello, ...checkResponseStream(events).output], { reasoningField: 'reasoning' });
  assert.deepEqual(back, message);
});

test('calls of wrapped custom tools come back as what they are, as they stream', () => {
  const request = { tools: [customTool, { ...customTool, name: 'apply_patch' }] } as unknown as CanonicalRequest;
  const restore = restoreCustomCalls(request, {})!;
  const { events } = decodeChat(readChatFixture('wrapped-custom-call'));
  const restored = events.map((event) => structuredClone(restore(event)));
  const deltas = (index: number) =>
    restored
      .filter((event) => event.type === 'response.custom_tool_call_input.delta' && event.output_index === index)
      .map((event) => (event as { delta: string }).delta)
      .join('');
  assert.equal(deltas(0), 'a "b" é\nc');
  // What is no JSON is known only at the end.
  assert.equal(deltas(1), '');
  const done = restored.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : []));
  const inputs = ['a "b" é\nc', 'no json at all'];
  assert.deepEqual(
    done.map((item) => item.type === 'custom_tool_call' && [item.name, item.call_id, item.input]),
    [
      ['apply_patch', 'call_p', inputs[0]],
      ['apply_patch', 'call_q', inputs[1]],
    ],
  );
  const last = restored.at(-1)!;
  assert.ok(last.type === 'response.completed');
  assert.deepEqual(last.response.output, done);
  assert.ok(!JSON.stringify(restored).includes('function_call'), 'nothing is left of the function');
  const inputDone = restored.filter(({ type }) => type === 'response.custom_tool_call_input.done');
  assert.deepEqual(
    inputDone.map((event) => (event as { input: string }).input),
    inputs,
  );
});

test('tools in namespaces stand in one list, and come back to their namespaces', () => {
  const namespace = (name: string, tools: object[]) => ({ type: 'namespace', name, description: '', tools });
  const long = 'n'.repeat(60);
  const fields = {
    tools: [
      functionTool,
      namespace('time', [{ ...functionTool, name: 'get' }, customTool]),
      namespace(long, [{ ...functionTool, name: 'get' }]),
    ],
    input: [hello, { ...called('a', '{}', 'get'), namespace: 'time' }, output('a')],
  };
  const { body } = build(fields);
  checkAccepted(body);
  const names = (body.tools as { function: { name: string } }[]).map((tool) => tool.function.name);
  assert.deepEqual(names.slice(0, 3), ['f', 'time__get', 'time__patch']);
  assert.equal(names[3]!.length, 64);
  const [, calling] = body.messages as { tool_calls: { function: Json }[] }[];
  assert.equal(calling!.tool_calls[0]!.function.name, 'time__get');
  const choice = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'namespace', name: 'time' }] };
  assert.equal((build({ ...fields, tool_choice: choice }).body.tools as unknown[]).length, 2);

  const restore = restoreCustomCalls(fields as unknown as CanonicalRequest, {})!;
  const { events } = collectEvents((decoder) => {
    const calls = names.map((name, index) => ({
      index,
      id: `call_${index}`,
      function: { name, arguments: '{"input":"x"}' },
    }));
    decoder.decode(JSON.stringify({ choices: [{ delta: { tool_calls: calls }, finish_reason: 'tool_calls' }] }));
    decoder.end();
  });
  const last = events.map((event) => restore(event)).at(-1)!;
  assert.ok(last.type === 'response.completed');
  assert.deepEqual(
    last.response.output.map((item) => [
      item.type,
      (item as { namespace?: string }).namespace,
      (item as { name?: string }).name,
    ]),
    [
      ['function_call', undefined, 'f'],
      ['function_call', 'time', 'get'],
      ['custom_tool_call', 'time', 'patch'],
      ['function_call', long, 'get'],
    ],
  );
});

test('other calls, and answers without custom tools, pass as they are', () => {
  const request = { tools: [customTool, functionTool] } as unknown as CanonicalRequest;
  const { events } = decodeChat(readChatFixture('two-calls'));
  assert.deepEqual(events.map(restoreCustomCalls(request, {})!), events);
  assert.equal(restoreCustomCalls(request, { hasCustomTools: true }), undefined);
  assert.equal(restoreCustomCalls({ tools: [functionTool] } as unknown as CanonicalRequest, {}), undefined);
});

test('the text in a wrapped input is read however its JSON is written and cut', () => {
  const space = fc.constantFrom('', ' ', '\n\t');
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.array(space, { minLength: 5, maxLength: 5 }),
      fc.array(fc.nat(80)),
      (value, escapes, spaces, cuts) => {
        const plain = JSON.stringify(value);
        const literal = escapes
          ? plain.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
          : plain;
        const [a, b, c, d, e] = spaces;
        const json = `${a}{${b}"input"${c}:${d}${literal}${e}}`;
        const places = [0, ...cuts.map((cut) => Math.min(cut, json.length)).sort((x, y) => x - y), json.length];
        const reader = new InputReader();
        const read = places.slice(1).map((end, index) => reader.read(json.slice(places[index], end)));
        assert.equal(read.join(''), value);
      },
    ),
    { numRuns: 1000 },
  );
  const reader = new InputReader();
  assert.equal(reader.read('{"other": "x", "input": "y"}') + reader.read('"input": "z"'), '');
});

test('a strict server takes what is sent, and its answer comes back', async (t) => {
  const server = await createFakeOpenAiServer({ models: ['served'], apiKey: 'sk-fake' });
  t.after(() => server.close());
  const ask = async (fields: object, key = 'sk-fake') => {
    const answer = await fetch(`${server.url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(build(fields).body),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const { status, text: wire } = await ask({ tools: [functionTool], max_output_tokens: 5 });
  assert.equal(status, 200);
  const events: CanonicalEvent[] = decodeChat(wire).events;
  assert.equal(expectAnswer(events).text, 'Hello from the fake server.');
  assert.equal(checkResponseStream(events).usage?.total_tokens, 19);
  server.reply('text.sse', { splitEveryBytes: 3 });
  assert.match(expectAnswer(decodeChat((await ask({})).text).events).text, /^Hello wörld/);
  assert.equal((await ask({}, 'sk-wrong')).status, 401);
  assert.equal((await ask({ extra: { made_up: 1 } })).status, 400);
});
