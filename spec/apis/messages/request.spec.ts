/** Messages requests in canonical form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createValidator } from '../../../lib/apis/body-validation.ts';
import { type MessagesRequest, messages } from '../../../lib/apis/messages/index.ts';
import type { CanonicalRequest } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';

const check = createValidator(messages.schema);
const user = { role: 'user', content: 'Hello' };

/** The fields of a body; unlike an SDK's types it may hold anything. */
type Fields = Record<string, unknown>;

function convert(fields: Fields): { request: CanonicalRequest; ignored: string[] } {
  const body = { model: 'claude-sonnet-4-5', max_tokens: 100, messages: [user], ...fields };
  check(body);
  const ignored: string[] = [];
  const request = messages.toCanonical(body as unknown as MessagesRequest, {
    headers: {},
    defaults: { reasoningCompat: 'none' },
    ignore: (param) => ignored.push(param),
  });
  return { request, ignored };
}

const inputOf = (list: readonly object[], fields: Fields = {}) => convert({ messages: list, ...fields }).request.input;
const text = (value: string) => ({ type: 'text', text: value });
const inputText = (value: string) => ({ type: 'input_text', text: value });

function refusal(fields: Fields): { code: string; message: string; param: string | null } {
  try {
    convert(fields);
  } catch (error) {
    if (!(error instanceof OpenCompatError)) throw error;
    return { code: error.code, message: error.message, param: error.public.param };
  }
  return assert.fail('it was not refused');
}

test('the input of a call is a JSON object, also where it comes as a text', () => {
  const argumentsOf = (input: unknown) => {
    const calling = { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input }] };
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1' }] };
    return inputOf([user, calling, result]).flatMap((item) => (item.type === 'function_call' ? item.arguments : []))[0];
  };
  const forms: [unknown, string][] = [
    [{ a: 1 }, '{"a":1}'],
    ['{"a": 1}', '{"a": 1}'],
    ['', '{}'],
    [null, '{}'],
    [undefined, '{}'],
    ['ls -l', '{"input":"ls -l"}'],
    ['[1]', '{"input":"[1]"}'],
    [[1], '{"input":[1]}'],
    [7, '{"input":7}'],
  ];
  for (const [input, expected] of forms) assert.equal(argumentsOf(input), expected);
});

test('a second result of one call is refused where it stands', () => {
  const calling = { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] };
  const result = { type: 'tool_result', tool_use_id: 't1', content: 'x' };
  const { code, param } = refusal({ messages: [user, calling, { role: 'user', content: [result, result] }] });
  assert.deepEqual([code, param], ['OC_ORPHAN_TOOL_OUTPUT', 'messages[2].content[1].tool_use_id']);
});

test('the smallest request', () => {
  assert.deepEqual(convert({}).request, {
    model: 'claude-sonnet-4-5',
    input: [{ type: 'message', role: 'user', content: [inputText('Hello')] }],
    stream: false,
    reasoning: { summary: 'none' },
    max_output_tokens: 100,
  });
});

test('system text comes first, as one message, without the line for accounting', () => {
  const system = [
    text('x-anthropic-billing-header: cc_version=2; cch=3;'),
    { ...text('Be brief.'), cache_control: { type: 'ephemeral' } },
    text('x-anthropic-billing-header: 1\nBe kind.'),
  ];
  const developer = (...parts: object[]) => ({ type: 'message', role: 'developer', content: parts });
  assert.deepEqual(inputOf([user], { system })[0], developer(inputText('Be brief.'), inputText('Be kind.')));
  assert.deepEqual(inputOf([user], { system: 'Be brief.' })[0], developer(inputText('Be brief.')));
  assert.deepEqual(inputOf([user, { role: 'system', content: 'Be kind.' }])[1], developer(inputText('Be kind.')));
  assert.equal(inputOf([user, { role: 'system' }]).length, 1);
});

test('a turn of tools: calls, results before the words, errors marked, pictures kept', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
  const input = inputOf([
    user,
    {
      role: 'assistant',
      content: [
        text('Looking.'),
        ...['a', 'b', 'c'].map((id) => ({ type: 'tool_use', id, name: 'look', input: { id } })),
      ],
    },
    {
      role: 'user',
      content: [
        text('Go on.'),
        { type: 'tool_result', tool_use_id: 'a', content: [text('one'), text('two')], cache_control: null },
        { type: 'tool_result', tool_use_id: 'b', content: 'no such file', is_error: true },
        { type: 'tool_result', tool_use_id: 'c', content: [text('see'), image], is_error: false },
      ],
    },
  ]);
  assert.deepEqual(input.slice(1), [
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Looking.' }] },
    { type: 'function_call', call_id: 'a', name: 'look', arguments: '{"id":"a"}' },
    { type: 'function_call', call_id: 'b', name: 'look', arguments: '{"id":"b"}' },
    { type: 'function_call', call_id: 'c', name: 'look', arguments: '{"id":"c"}' },
    { type: 'function_call_output', call_id: 'a', output: 'one\ntwo' },
    { type: 'function_call_output', call_id: 'b', output: 'Error: no such file' },
    {
      type: 'function_call_output',
      call_id: 'c',
      output: [inputText('see'), { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' }],
    },
    { type: 'message', role: 'user', content: [inputText('Go on.')] },
  ]);
});

test('a long id is shortened alike in the call and its result', () => {
  const id = 'toolu_'.padEnd(90, 'x');
  const [call, output] = inputOf([
    { role: 'assistant', content: [{ type: 'tool_use', id, name: 'f' }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id }] },
  ]) as unknown as { call_id: string; arguments: string; output: string }[];
  assert.equal(call?.call_id.length, 64);
  assert.equal(output?.call_id, call?.call_id);
  assert.deepEqual([call?.arguments, output?.output], ['{}', '']);
});

test('thinking goes back with what it led to; foreign thinking, and thinking that led to nothing, is left out', () => {
  const ours = { type: 'thinking', thinking: 'Hm.', signature: 'opencompat.1.gAAA' };
  const input = inputOf([
    user,
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Foreign.', signature: 'EqQB' },
        { type: 'redacted_thinking', data: 'EqQB' },
        { ...ours, thinking: '' },
        { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        text('Well.'),
        ours,
        { type: 'tool_use', id: 'a', name: 'f', input: {} },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'x' }] },
    { role: 'assistant', content: [text('So.'), ours] },
  ]);
  assert.deepEqual(
    input.map((item) => item.type),
    ['message', 'reasoning', 'message', 'reasoning', 'function_call', 'function_call_output', 'message'],
  );
  assert.deepEqual(input[1], { type: 'reasoning', summary: [], encrypted_content: 'gAAA' });
  assert.deepEqual(input[3], {
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'Hm.' }],
    encrypted_content: 'gAAA',
  });
});

test('thinking that was not shown comes back from its signature', () => {
  const signature = `opencompat.2.${Buffer.from('Grüße.').toString('base64')}`;
  const input = inputOf([{ role: 'assistant', content: [{ type: 'thinking', thinking: '', signature }, text('Hi.')] }]);
  assert.deepEqual(input[0], { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Grüße.' }] });
});

test('documents of every kind', () => {
  const documents = [
    { source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' }, title: 'Tides' },
    { source: { type: 'url', url: 'https://tides.example/a.pdf' }, context: 'The table.' },
    { source: { type: 'text', media_type: 'text/plain', data: 'High at noon.' }, title: 'Tides' },
    { source: { type: 'content', content: [text('A'), text('B')] } },
    { source: { type: 'content', content: 'C' } },
  ].map((each) => ({ type: 'document', ...each }));
  const search = { type: 'search_result', source: 'https://a.example', title: 'A', content: [text('found')] };
  const [message] = inputOf([{ role: 'user', content: [...documents, search] }]);
  assert.deepEqual((message as { content: unknown }).content, [
    { type: 'input_file', filename: 'Tides.pdf', file_data: 'data:application/pdf;base64,JVBE' },
    inputText('The table.'),
    { type: 'input_file', file_url: 'https://tides.example/a.pdf' },
    inputText('Tides\n\nHigh at noon.'),
    inputText('A'),
    inputText('B'),
    inputText('C'),
    inputText('A (https://a.example)\nfound'),
  ]);
});

test('tools: the client’s own, those it carries out without a schema, and the search', () => {
  const closed = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  };
  const { request } = convert({
    tools: [
      { name: 'own', description: 'Mine.', input_schema: { $schema: 'x', type: 'object' }, cache_control: {} },
      { type: 'custom', name: 'strict', input_schema: closed, strict: true },
      { name: 'open', input_schema: { type: 'object', properties: { a: {} } }, strict: true },
      { type: 'bash_20250124', name: 'bash' },
      { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool', max_characters: 1000 },
      { type: 'text_editor_20250124', name: 'str_replace_editor' },
      { type: 'computer_20250124', name: 'computer', display_width_px: 1024, display_height_px: 768 },
      { type: 'memory_20250818', name: 'memory' },
      {
        type: 'web_search_20250305',
        name: 'web_search',
        max_uses: 3,
        allowed_domains: ['tides.example'],
        user_location: { type: 'approximate', city: 'Bergen', region: null },
      },
    ],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  });
  const tools = request.tools as unknown as Record<string, unknown>[];
  assert.deepEqual(tools[0], {
    type: 'function',
    name: 'own',
    description: 'Mine.',
    parameters: { type: 'object', properties: {} },
    strict: false,
  });
  assert.deepEqual(
    tools.map(({ name, strict }) => [name, strict]),
    [
      ['own', false],
      ['strict', true],
      ['open', false],
      ['bash', false],
      ['str_replace_based_edit_tool', false],
      ['str_replace_editor', false],
      ['computer', false],
      ['memory', false],
      [undefined, undefined],
    ],
  );
  for (const tool of tools.slice(3, 8)) {
    const { type, properties } = tool.parameters as { type: string; properties: Record<string, object> };
    assert.ok(type === 'object' && Object.keys(properties).length > 1 && tool.description, String(tool.name));
  }
  const commandsOf = (tool: unknown) =>
    (tool as { parameters: { properties: { command: { enum: string[] } } } }).parameters.properties.command.enum;
  assert.ok(!commandsOf(tools[4]).includes('undo_edit') && commandsOf(tools[5]).includes('undo_edit'));
  assert.match(tools[6]?.description as string, /1024 by 768/);
  assert.deepEqual(tools[8], {
    type: 'web_search',
    filters: { allowed_domains: ['tides.example'] },
    user_location: { type: 'approximate', city: 'Bergen' },
  });
  assert.equal(request.max_tool_calls, 3);
  assert.deepEqual(request.include, ['web_search_call.action.sources']);
  assert.equal(request.tool_choice, 'auto');
  assert.equal(request.parallel_tool_calls, false);
});

test('tools that come and go in the middle of a conversation', () => {
  const own = (name: string) => ({ name, input_schema: { type: 'object' } });
  const system = (...content: object[]) => ({ role: 'system', content });
  const reference = (name: string) => ({ type: 'tool_reference', name });
  const { request } = convert({
    tools: [own('a'), own('b'), own('c')],
    messages: [
      user,
      system(
        text('Tools have changed.'),
        { type: 'tool_removal', tool: reference('a') },
        { type: 'tool_removal', tool: reference('b') },
        { type: 'tool_addition', tool: { type: 'tool_definition', definition: own('d') } },
      ),
      system({ type: 'tool_addition', tool: reference('b') }, { type: 'tool_removal', tool: reference('nobody') }),
    ],
  });
  assert.deepEqual(
    request.tools?.map((tool) => 'name' in tool && tool.name),
    ['b', 'c', 'd'],
  );
  assert.equal(request.input.length, 2);
});

test('tool choices', () => {
  const tools = [
    { name: 'f', input_schema: { type: 'object' } },
    { type: 'web_search_20260209', name: 'web_search' },
  ];
  const choose = (tool_choice: object) => convert({ tools, tool_choice }).request.tool_choice;
  assert.equal(choose({ type: 'any' }), 'required');
  assert.equal(choose({ type: 'none' }), 'none');
  assert.deepEqual(choose({ type: 'tool', name: 'f' }), { type: 'function', name: 'f' });
  assert.deepEqual(choose({ type: 'tool', name: 'web_search' }), { type: 'web_search' });
});

const efforts: [fields: Fields, effort: string | undefined, summary: string | undefined][] = [
  [{}, undefined, 'none'],
  [{ thinking: { type: 'disabled' } }, 'none', 'none'],
  [{ thinking: { type: 'enabled', budget_tokens: 1024 } }, 'low', undefined],
  [{ thinking: { type: 'enabled', budget_tokens: 10_000 } }, 'medium', undefined],
  [{ thinking: { type: 'enabled', budget_tokens: 31_999 } }, 'high', undefined],
  [{ thinking: { type: 'adaptive' } }, undefined, undefined],
  [{ thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'max' } }, 'max', 'none'],
  [{ output_config: { effort: 'low' } }, 'low', 'none'],
];
for (const [fields, effort, summary] of efforts) {
  test(`${JSON.stringify(fields)} asks for effort ${effort}`, () => {
    const { reasoning } = convert(fields).request;
    assert.deepEqual([reasoning?.effort, reasoning?.summary], [effort, summary]);
  });
}

test('the other parameters', () => {
  const schema = { type: 'object', properties: {}, required: [], additionalProperties: false };
  const { request, ignored } = convert({
    temperature: 0.5,
    top_p: 0.9,
    top_k: 40,
    stop_sequences: ['END', ''],
    service_tier: 'standard_only',
    metadata: { user_id: 'someone@example.com' },
    output_config: { format: { type: 'json_schema', schema } },
    cache_control: { type: 'ephemeral' },
    context_management: { edits: [] },
    mcp_servers: [],
    container: null,
    thread: null,
    anything_new: 1,
  });
  assert.deepEqual(
    [request.temperature, request.top_p, request.top_k, request.stop, request.service_tier],
    [0.5, 0.9, 40, ['END'], 'default'],
  );
  assert.deepEqual(request.text, { format: { type: 'json_schema', name: 'answer', schema, strict: true } });
  assert.match(request.prompt_cache_key ?? '', /^[0-9a-f]{32}$/);
  assert.deepEqual(ignored, ['context_management', 'anything_new']);
  assert.equal(convert({ speed: 'fast' }).request.service_tier, 'priority');
  assert.deepEqual(
    convert({ output_format: { type: 'json_schema', schema: { type: 'object' } } }).request.text?.format,
    {
      type: 'json_schema',
      name: 'answer',
      schema: { type: 'object' },
      strict: false,
    },
  );
});

test('the cache key tells users and their helpers apart, and nothing else', () => {
  const keyOf = (fields: Fields) => convert(fields).request.prompt_cache_key;
  const metadata = { user_id: 'session-1' };
  const key = keyOf({ metadata, system: 'Be brief.' });
  assert.equal(keyOf({ metadata, system: 'Be brief.', messages: [user, user] }), key);
  assert.notEqual(keyOf({ metadata, system: 'Be kind.' }), key);
  assert.notEqual(keyOf({ metadata: { user_id: 'session-2' }, system: 'Be brief.' }), key);
  assert.equal(keyOf({}), undefined);
});

const call = (id: string) => ({ role: 'assistant', content: [{ type: 'tool_use', id, name: 'f', input: {} }] });
const result = (id: string) => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'x' }] });
const refused: [what: string, fields: Fields, code: string, param: string, message?: RegExp][] = [
  ['no max_tokens', { max_tokens: undefined }, 'OC_MISSING_PARAMETER', 'max_tokens'],
  ['no messages', { messages: [] }, 'OC_INVALID_VALUE', 'messages'],
  ['nothing said', { messages: [{ role: 'user', content: [] }] }, 'OC_INVALID_VALUE', 'messages'],
  ['a message without content', { messages: [{ role: 'user' }] }, 'OC_MISSING_PARAMETER', 'messages[0].content'],
  [
    'a block without its text',
    { messages: [{ role: 'user', content: [{ type: 'text' }] }] },
    'OC_MISSING_PARAMETER',
    'messages[0].content[0].text',
  ],
  ['a role that is none', { messages: [{ role: 'tool', content: '' }] }, 'OC_INVALID_VALUE', 'messages[0].role'],
  ['a thread', { thread: { type: 'create' } }, 'OC_UNSUPPORTED_PARAMETER', 'thread', /'thread'/],
  ['a container', { container: 'container_1' }, 'OC_UNSUPPORTED_PARAMETER', 'container'],
  ['MCP servers', { mcp_servers: [{ type: 'url' }] }, 'OC_UNSUPPORTED_PARAMETER', 'mcp_servers'],
  [
    'a server tool',
    { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] },
    'OC_TOOL_NOT_SUPPORTED',
    'tools[0].type',
    /code_execution_20250825/,
  ],
  ['a tool without a schema', { tools: [{ name: 'f' }] }, 'OC_MISSING_PARAMETER', 'tools[0].input_schema'],
  ['a choice without tools', { tool_choice: { type: 'any' } }, 'OC_INVALID_VALUE', 'tool_choice'],
  [
    'a choice of nothing',
    { tools: [{ name: 'f', input_schema: {} }], tool_choice: { type: 'tool', name: 'g' } },
    'OC_INVALID_VALUE',
    'tool_choice.name',
  ],
  [
    'an uploaded file',
    { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] }] },
    'OC_UNSUPPORTED_VALUE',
    'messages[0].content[0].source.type',
  ],
  [
    'content of an unknown type',
    { messages: [{ role: 'user', content: [{ type: 'container_upload' }] }] },
    'OC_UNSUPPORTED_VALUE',
    'messages[0].content[0].type',
  ],
  [
    'a result without a call',
    { messages: [user, result('a')] },
    'OC_ORPHAN_TOOL_OUTPUT',
    'messages[1].content[0].tool_use_id',
  ],
  [
    'a call without a result',
    { messages: [user, call('a'), call('b'), result('b')] },
    'OC_INVALID_VALUE',
    'messages[1].content[0]',
  ],
  [
    'an id used again without a second result',
    { messages: [call('a'), result('a'), call('a')] },
    'OC_INVALID_VALUE',
    'messages[2].content[0]',
  ],
];
for (const [what, fields, code, param, message = /./] of refused) {
  test(`refuses ${what}`, () => {
    const { message: said, ...rest } = refusal(fields);
    assert.deepEqual(rest, { code, param });
    assert.match(said, message);
  });
}

/** Says a bit of everything. */
const rich = {
  model: 'claude-sonnet-4-5',
  max_tokens: 100,
  stream: true,
  system: [text('Be brief.')],
  messages: [
    {
      role: 'user',
      content: [text('Look.'), { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } }],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'opencompat.1.x' },
        { type: 'tool_use', id: 'a', name: 'f', input: { a: 1 } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [text('x')], is_error: true }] },
    { role: 'user', content: [{ type: 'document', source: { type: 'content', content: [text('y')] }, title: 'T' }] },
    { role: 'user', content: [{ type: 'search_result', source: 's', title: 't', content: [text('z')] }] },
    {
      role: 'system',
      content: [
        text('More.'),
        {
          type: 'tool_addition',
          tool: { type: 'tool_definition', definition: { name: 'g', input_schema: { type: 'object' } } },
        },
        { type: 'tool_removal', tool: { type: 'tool_reference', name: 'g' } },
      ],
    },
  ],
  tools: [
    { name: 'f', input_schema: { type: 'object', properties: { a: { type: 'integer' } } }, strict: true },
    { type: 'computer_20251124', name: 'computer', display_width_px: 1, display_height_px: 1 },
    { type: 'web_search_20250305', name: 'web_search', max_uses: 1, user_location: { type: 'approximate', city: 'X' } },
  ],
  tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 1024, display: 'summarized' },
  output_config: { effort: 'high', format: { type: 'json_schema', schema: { type: 'object' } } },
  metadata: { user_id: 'x' },
  stop_sequences: ['END'],
};

/** The places in a value, each as the keys that lead there. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

function replaceAt(value: unknown, [key, ...rest]: string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  if (rest.length === 0 && replacement === undefined) delete copy[key];
  else copy[key] = replaceAt(copy[key], rest, replacement);
  return copy;
}

test('whatever stands in the place of anything is taken, or refused as the client’s fault', () => {
  const places = placesIn(rich).filter(({ length }) => length > 0);
  let taken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.oneof(fc.constant(undefined), fc.jsonValue()), (place, value) => {
      const body = JSON.parse(JSON.stringify(replaceAt(rich, place, value))) as Fields;
      try {
        convert(body);
        taken += 1;
      } catch (error) {
        assert.ok(error instanceof OpenCompatError, String((error as Error).stack));
        assert.equal(error.status, 400);
        assert.ok(error.message.length < 2000);
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(taken > 100);
});
