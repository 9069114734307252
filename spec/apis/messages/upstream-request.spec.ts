/** Canonical requests as Anthropic's upstreams take them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keepThinking } from '../../../lib/apis/messages/kept-thinking.ts';
import { type MessagesBodyOptions, toMessagesBody } from '../../../lib/apis/messages/upstream-request.ts';
import type { CanonicalRequest } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';
import { findMessagesRefusal, signThinking } from '../../support/messages-refusals.ts';

const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const assistant = (text: string) => ({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });

function bodyOf(request: object, options: Partial<MessagesBodyOptions> = {}) {
  const ignored: string[] = [];
  const asked = { model: 'm', stream: true, input: [user('Hi')], ...request } as CanonicalRequest;
  const body = toMessagesBody(asked, {
    model: 'claude-x',
    ignore: (param) => ignored.push(param),
    thinking: 'budget',
    defaultEffort: 'none',
    ...options,
  });
  // biome-ignore lint/suspicious/noExplicitAny: looked into by many tests
  return { body: body as any, ignored };
}

test('a plain question', () => {
  assert.deepEqual(bodyOf({ instructions: 'Be brief.', temperature: 1.7, stop: ['END'], user: 'u1' }).body, {
    model: 'claude-x',
    max_tokens: 16_384,
    system: [{ type: 'text', text: 'Be brief.' }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    stop_sequences: ['END'],
    temperature: 1,
    metadata: { user_id: 'u1' },
    stream: true,
  });
});

test('a turn of tools: thinking first, calls together, results at the beginning of what follows', () => {
  const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' };
  const image = { type: 'input_image', image_url: 'data:image/png;base64,AAAA' };
  const { body } = bodyOf({
    reasoning: { effort: 'medium' },
    input: [
      { type: 'message', role: 'developer', content: 'System.' },
      user('Weather?'),
      { type: 'reasoning', summary: [], encrypted_content: keepThinking(thinking) },
      { type: 'reasoning', summary: [], encrypted_content: 'of another backend' },
      assistant('I look. '),
      { type: 'function_call', call_id: 'call.1', name: 'f', arguments: '{"a":1}' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'raw' },
      user('And quickly.'),
      { type: 'function_call_output', call_id: 'call.1', output: 'sunny' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: [image] },
    ],
  });
  assert.deepEqual(body.system, [{ type: 'text', text: 'System.' }]);
  assert.deepEqual(body.messages, [
    { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
    {
      role: 'assistant',
      content: [
        thinking,
        { type: 'text', text: 'I look. ' },
        { type: 'tool_use', id: 'call_1', name: 'f', input: { a: 1 } },
        { type: 'tool_use', id: 'c2', name: 'g', input: { input: 'raw' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'call_1', content: 'sunny' },
        {
          type: 'tool_result',
          tool_use_id: 'c2',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }],
        },
        { type: 'text', text: 'And quickly.' },
      ],
    },
  ]);
  assert.deepEqual(body.thinking, { type: 'enabled', budget_tokens: 8192 });
});

test('thinking is left out where the API would refuse the request for it', () => {
  const tools = [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} } }];
  const effort = { reasoning: { effort: 'high' } };
  assert.ok(bodyOf({ ...effort, tools, max_output_tokens: 30_000 }).body.thinking);
  assert.equal(bodyOf({ ...effort, tools, tool_choice: 'required' }).body.thinking, undefined);
  const unthinking = [
    user('Weather?'),
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: 'sunny' },
  ];
  assert.equal(bodyOf({ ...effort, tools, input: unthinking }).body.thinking, undefined);
  assert.equal(bodyOf({ reasoning: { effort: 'none' } }).body.thinking, undefined);
  assert.equal(bodyOf({ ...effort, max_output_tokens: 1500 }).body.thinking, undefined);
  const { body, ignored } = bodyOf({ ...effort, temperature: 0.2 });
  assert.equal(body.temperature, undefined);
  assert.deepEqual(ignored, ['temperature']);
  const adaptive = bodyOf(effort, { thinking: 'adaptive' }).body;
  assert.deepEqual([adaptive.thinking, adaptive.output_config], [{ type: 'adaptive' }, { effort: 'high' }]);
});

test('tools and their choice', () => {
  const parameters = { type: 'object', properties: { a: { type: 'number' } } };
  const tools = [
    { type: 'function', name: 'f', description: 'F.', parameters },
    { type: 'function', name: 'g' },
    { type: 'custom', name: 'h', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
  ];
  const { body } = bodyOf({ tools });
  assert.deepEqual(body.tools.slice(0, 2), [
    { name: 'f', description: 'F.', input_schema: parameters },
    { name: 'g', input_schema: { type: 'object', properties: {} } },
  ]);
  assert.match(body.tools[2].input_schema.properties.input.description, /lark grammar:\nstart: "x"/);
  assert.equal(body.tool_choice, undefined);
  const choice = (tool_choice: unknown, parallel_tool_calls?: boolean) =>
    bodyOf({ tools, tool_choice, parallel_tool_calls }).body;
  assert.deepEqual(choice('required').tool_choice, { type: 'any' });
  assert.deepEqual(choice('none').tool_choice, { type: 'none' });
  assert.deepEqual(choice('auto', false).tool_choice, { type: 'auto', disable_parallel_tool_use: true });
  assert.deepEqual(choice({ type: 'function', name: 'g' }).tool_choice, { type: 'tool', name: 'g' });
  const allowed = choice({ type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] });
  assert.deepEqual([allowed.tools.length, allowed.tool_choice], [1, { type: 'any' }]);
  const searching = bodyOf({ tools: [...tools, { type: 'web_search' }] });
  assert.deepEqual([searching.body.tools, searching.ignored], [body.tools, ['tools[3]']]);
  assert.throws(
    () => bodyOf({ tools: [{ type: 'web_search' }] }),
    (error) => error instanceof OpenCompatError && error.code === 'OC_TOOL_NOT_SUPPORTED',
  );
});

test('tools in namespaces stand in one list, in offers, choices and earlier calls', () => {
  const get = { type: 'function', name: 'get', parameters: { type: 'object', properties: {} } };
  const tools = [get, { type: 'namespace', name: 'time', description: '', tools: [get] }];
  const call = { type: 'function_call', call_id: 'c1', namespace: 'time', name: 'get', arguments: '{}' };
  const result = { type: 'function_call_output', call_id: 'c1', output: 'noon' };
  const namesOf = (list: { name: string }[]) => list.map(({ name }) => name);
  const { body } = bodyOf({ tools, input: [user('When?'), call, result] });
  assert.deepEqual(namesOf(body.tools), ['get', 'time__get']);
  assert.equal(body.messages[1].content[0].name, 'time__get');
  const tool_choice = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'namespace', name: 'time' }] };
  assert.deepEqual(namesOf(bodyOf({ tools, tool_choice }).body.tools), ['time__get']);
});

test('files and pictures; what the API has no form for is refused by its place', () => {
  const content = [
    { type: 'input_image', image_url: 'https://example.com/a.png' },
    { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' },
    { type: 'input_file', file_url: 'https://example.com/b.pdf' },
    { type: 'input_file', filename: 'c.txt', file_data: 'data:text/plain;base64,SGk=' },
  ];
  const { body } = bodyOf({ input: [{ role: 'user', content }] });
  assert.deepEqual(body.messages[0].content, [
    { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' }, title: 'a.pdf' },
    { type: 'document', source: { type: 'url', url: 'https://example.com/b.pdf' } },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Hi' }, title: 'c.txt' },
  ]);
  for (const part of [
    { type: 'input_audio', input_audio: {} },
    { type: 'input_image', image_url: 'file:///etc/passwd' },
  ]) {
    assert.throws(
      () => bodyOf({ input: [{ role: 'user', content: [part] }] }),
      (error) => error instanceof OpenCompatError && error.public.param!.startsWith('input[0].content[0]'),
    );
  }
  assert.throws(() => bodyOf({ input: [{ type: 'item_reference', id: 'x' }] }), /item_reference/);
  assert.throws(() => bodyOf({ previous_response_id: 'resp_1' }), /keeps no conversations/);
});

test('a schema is closed throughout, and what is not held to is said in words', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      pattern: { type: 'string', pattern: '^a', format: 'date' },
      list: { type: 'array', minItems: 2, items: { oneOf: [{ properties: { x: {} } }, { $ref: '#/$defs/y' }] } },
    },
    additionalProperties: true,
    $defs: { y: { type: 'object', description: 'Y.', maxProperties: 3 } },
  };
  const format = { type: 'json_schema', name: 'x', schema };
  assert.deepEqual(bodyOf({ text: { format } }).body.output_config.format.schema, {
    type: 'object',
    properties: {
      pattern: { type: 'string', format: 'date', description: '(pattern: "^a")' },
      list: {
        type: 'array',
        items: { anyOf: [{ properties: { x: {} }, additionalProperties: false }, { $ref: '#/$defs/y' }] },
        description: '(minItems: 2)',
      },
    },
    additionalProperties: false,
    $defs: { y: { type: 'object', description: 'Y. (maxProperties: 3)', additionalProperties: false } },
  });
});

test('what ran elsewhere is left out and named, what is kept elsewhere is refused', () => {
  const { body, ignored } = bodyOf({ input: [user('Hi'), { type: 'shell_call', action: {} }, user('And?')] });
  assert.deepEqual(ignored, ['input.shell_call']);
  assert.deepEqual(body.messages, [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'text', text: 'And?' },
      ],
    },
  ]);
  for (const type of ['compaction', 'compaction_trigger', 'never_heard_of']) {
    assert.throws(() => bodyOf({ input: [user('Hi'), { type }] }), new RegExp(`'${type}'`));
  }
});

test('structured output, limits, and what is named as ignored', () => {
  const format = { type: 'json_schema', name: 'x', schema: { type: 'object' } };
  const { body, ignored } = bodyOf(
    { text: { format, verbosity: 'low' }, max_output_tokens: 99_999, seed: 5, top_k: 3 },
    { maxOutputTokens: 8000, omit: new Set(['top_k']) },
  );
  assert.deepEqual(body.output_config, {
    format: { type: 'json_schema', schema: { type: 'object', additionalProperties: false } },
  });
  assert.equal(body.max_tokens, 8000);
  assert.equal(body.top_k, undefined);
  assert.deepEqual(ignored.sort(), ['seed', 'top_k', 'verbosity']);
});

test('whatever clients ask for, Anthropic takes what comes of it', () => {
  const text = fc.oneof(fc.constantFrom('', ' ', '\n', 'Hi', 'So '), fc.string());
  const id = fc.oneof(fc.constantFrom('call_1', 'call.1', 'call-1', ''), fc.string());
  const thought = fc.string().map((thinking) => ({
    type: 'reasoning',
    summary: [],
    encrypted_content: keepThinking({ type: 'thinking', thinking, signature: signThinking(thinking) }),
  }));
  const said = fc
    .record({
      role: fc.constantFrom('user', 'assistant', 'developer', 'system'),
      texts: fc.array(text, { maxLength: 3 }),
    })
    .map(({ role, texts }) => ({
      type: 'message',
      role,
      content: texts.map((each) => ({ type: role === 'assistant' ? 'output_text' : 'input_text', text: each })),
    }));
  const callOf = (call_id: string, isCustom: boolean) => [
    isCustom
      ? { type: 'custom_tool_call', call_id, name: 'g', input: 'x' }
      : { type: 'function_call', call_id, name: 'f', arguments: '{"a":1}' },
    { type: isCustom ? 'custom_tool_call_output' : 'function_call_output', call_id, output: '' },
  ];
  // Calls side by side, their results behind them in any order.
  const round = fc
    .array(fc.tuple(id, fc.boolean()), { minLength: 1, maxLength: 3 })
    .chain((calls) =>
      fc
        .shuffledSubarray(calls, { minLength: calls.length })
        .map((results) => [
          ...calls.map(([callId, isCustom]) => callOf(callId, isCustom)[0]!),
          ...results.map(([callId, isCustom]) => callOf(callId, isCustom)[1]!),
        ]),
    );
  const step = fc.oneof(
    said.map((each) => [each]),
    thought.map((each) => [each]),
    round,
  );
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const schema = fc.constantFrom(
    { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } },
    {
      anyOf: [
        { type: 'string', pattern: 'a' },
        { type: 'object', patternProperties: {} },
      ],
    },
  );
  const tool = fc.constantFrom(
    { type: 'function', name: 'f', parameters: { properties: {} } },
    { type: 'function', name: 'g', parameters: null, strict: true },
    { type: 'custom', name: 'h' },
  );
  const request = fc.record({
    input: fc.array(step, { maxLength: 8 }).map((steps) => [...steps.flat(), user('Go on.')]),
    instructions: maybe(text),
    reasoning: maybe(fc.record({ effort: fc.constantFrom('none', 'low', 'xhigh') })),
    tools: maybe(fc.uniqueArray(tool, { maxLength: 3 })),
    tool_choice: maybe(fc.constantFrom('auto', 'none', 'required')),
    parallel_tool_calls: maybe(fc.boolean()),
    max_output_tokens: maybe(fc.integer({ min: 1, max: 100_000 })),
    temperature: maybe(fc.double({ min: 0, max: 2, noNaN: true })),
    top_p: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
    top_k: maybe(fc.integer({ min: 1, max: 100 })),
    text: maybe(schema.map((each) => ({ format: { type: 'json_schema', name: 'x', schema: each } }))),
  });
  const model = { id: 'claude-x', maxOutputTokens: 16_000 };
  fc.assert(
    fc.property(request, fc.constantFrom('adaptive', 'budget', undefined), (asked, thinking) => {
      const options = {
        thinking: thinking ?? ('none' as const),
        maxOutputTokens: 16_000,
        defaultEffort: 'medium' as const,
      };
      const { body } = bodyOf(asked, options);
      assert.equal(findMessagesRefusal(body, { ...model, thinking }), undefined);
    }),
    { numRuns: 1000 },
  );
});

test('several outputs of one call are one result, wherever they stand', () => {
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
  const output = (said: unknown) => ({ type: 'function_call_output', call_id: 'c', output: said });
  const part = { type: 'input_text', text: '3' };
  const input = [user('Hi'), call, output('1'), output('2'), assistant('Well.'), output([part]), call, output('4')];
  const { body } = bodyOf({ input });
  assert.equal(findMessagesRefusal(body, { id: 'claude-x', maxOutputTokens: 64_000, thinking: 'budget' }), undefined);
  const results = body.messages.flatMap(({ content }: { content: { type: string; content: unknown }[] }) =>
    content.filter(({ type }) => type === 'tool_result').map((result) => result.content),
  );
  assert.deepEqual(
    results.map((said: unknown) =>
      typeof said === 'string' ? said : (said as { text: string }[]).map(({ text }) => text),
    ),
    [['1', '2', '3'], '4'],
  );
});

test('a conversation in which nothing is said', () => {
  for (const input of [[user('')], [user(' '), assistant('')], [{ type: 'message', role: 'system', content: '' }]]) {
    const { body } = bodyOf({ input });
    assert.equal(findMessagesRefusal(body, { id: 'claude-x', maxOutputTokens: 64_000, thinking: 'budget' }), undefined);
  }
});
