/** Chat Completions requests in canonical form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createValidator } from '../../../lib/apis/body-validation.ts';
import { type ChatRequest, chatCompletions } from '../../../lib/apis/chat-completions/index.ts';
import { chatProperties } from '../../../lib/apis/chat-completions/schema.ts';
import { ignoreOthers } from '../../../lib/canonical/ignored.ts';
import { OpenCompatError } from '../../../lib/errors.ts';

const validate = createValidator(chatCompletions.schema);
const hello = { role: 'user', content: 'hi' };
const helloItem = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] };

function translate(fields: object, headers: Record<string, string> = {}) {
  const body = { model: 'gpt-5', messages: [hello], ...fields };
  validate(body);
  const ignored: string[] = [];
  const request = chatCompletions.toCanonical(body as ChatRequest, {
    headers,
    defaults: { reasoningCompat: 'reasoning_content' },
    ignore: (param) => ignored.push(param),
  });
  return { ...JSON.parse(JSON.stringify(request)), ignored } as Record<string, unknown> & { ignored: string[] };
}

/** Everything a request says besides what every request says. */
function extras(fields: object, headers?: Record<string, string>): object {
  const { model: _model, input: _input, stream: _stream, ignored: _ignored, ...rest } = translate(fields, headers);
  return rest;
}

function toInput(...messages: object[]): unknown {
  return translate({ messages }).input;
}

test('a request says no more than its body does', () => {
  assert.deepEqual(translate({}), { model: 'gpt-5', input: [helloItem], stream: false, ignored: [] });
});

test('parameters that are null are not given', () => {
  const names = Object.keys(chatProperties).filter((name) => !['model', 'messages'].includes(name));
  assert.deepEqual(translate(Object.fromEntries(names.map((name) => [name, null]))), translate({}));
});

const inputs: [title: string, messages: object[], input: unknown[]][] = [
  [
    'system and developer messages stay where they are, as developer messages',
    [{ role: 'system', content: 'Be brief.' }, hello, { role: 'developer', content: [{ type: 'text', text: 'Now.' }] }],
    [
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
      helloItem,
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Now.' }] },
    ],
  ],
  [
    'content parts',
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see', cache_control: { type: 'ephemeral' } },
          { type: 'image_url', image_url: { url: 'https://pictures.example/a.png', detail: 'low' } },
          { type: 'image_url', image_url: 'data:image/png;base64,AA==' },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,AA==', filename: 'a.pdf' } },
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
        ],
        name: 'ann',
      },
    ],
    [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'see' },
          { type: 'input_image', image_url: 'https://pictures.example/a.png', detail: 'low' },
          { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'auto' },
          { type: 'input_file', file_data: 'data:application/pdf;base64,AA==', filename: 'a.pdf' },
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
        ],
      },
    ],
  ],
  [
    'assistant text and refusals',
    [
      hello,
      { role: 'assistant', content: 'Hello.', reasoning_content: 'secret', audio: { id: 'a' } },
      { role: 'assistant', content: null, refusal: 'No.' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Well' },
          { type: 'refusal', refusal: 'no.' },
        ],
      },
    ],
    [
      helloItem,
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'secret' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello.' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      {
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'Well' },
          { type: 'refusal', refusal: 'no.' },
        ],
      },
    ],
  ],
  [
    'empty assistant messages are left out',
    [
      hello,
      { role: 'assistant', content: '' },
      { role: 'assistant', content: null },
      { role: 'assistant', content: [] },
    ],
    [helloItem],
  ],
  [
    'parallel calls of both kinds, and their outputs',
    [
      hello,
      {
        role: 'assistant',
        content: 'One moment.',
        tool_calls: [
          { id: 'call_a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'call_b', type: 'custom', custom: { name: 'g', input: 'free text' } },
          { id: 'call_c', type: 'function', function: { name: 'f', arguments: '' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_b', content: 'B' },
      {
        role: 'tool',
        tool_call_id: 'call_a',
        content: [
          { type: 'text', text: 'A' },
          { type: 'image_url', image_url: 'u' },
        ],
      },
      { role: 'tool', tool_call_id: 'call_c', content: null },
    ],
    [
      helloItem,
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'One moment.' }] },
      { type: 'function_call', call_id: 'call_a', name: 'f', arguments: '{"x":1}' },
      { type: 'custom_tool_call', call_id: 'call_b', name: 'g', input: 'free text' },
      { type: 'function_call', call_id: 'call_c', name: 'f', arguments: '' },
      { type: 'custom_tool_call_output', call_id: 'call_b', output: 'B' },
      {
        type: 'function_call_output',
        call_id: 'call_a',
        output: [
          { type: 'input_text', text: 'A' },
          { type: 'input_image', image_url: 'u', detail: 'auto' },
        ],
      },
      { type: 'function_call_output', call_id: 'call_c', output: '' },
    ],
  ],
  [
    'a call id that is used again in a later turn',
    [
      {
        role: 'assistant',
        tool_calls: [{ id: 'tooluse_0', type: 'function', function: { name: 'f', arguments: '1' } }],
      },
      { role: 'tool', tool_call_id: 'tooluse_0', content: 'one' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'tooluse_0', type: 'function', function: { name: 'f', arguments: '2' } }],
      },
      { role: 'tool', tool_call_id: 'tooluse_0', content: 'two' },
    ],
    [
      { type: 'function_call', call_id: 'tooluse_0', name: 'f', arguments: '1' },
      { type: 'function_call_output', call_id: 'tooluse_0', output: 'one' },
      { type: 'function_call', call_id: 'tooluse_0', name: 'f', arguments: '2' },
      { type: 'function_call_output', call_id: 'tooluse_0', output: 'two' },
    ],
  ],
  [
    'legacy function calls get ids, by which their outputs find them',
    [
      hello,
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '1' } },
      { role: 'function', name: 'f', content: 'one' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '2' } },
      { role: 'function', name: 'f', content: null },
    ],
    [
      helloItem,
      { type: 'function_call', call_id: 'call_legacy_1', name: 'f', arguments: '1' },
      { type: 'function_call_output', call_id: 'call_legacy_1', output: 'one' },
      { type: 'function_call', call_id: 'call_legacy_3', name: 'f', arguments: '2' },
      { type: 'function_call_output', call_id: 'call_legacy_3', output: '' },
    ],
  ],
];

for (const [title, messages, input] of inputs) {
  test(`messages: ${title}`, () => assert.deepEqual(toInput(...messages), input));
}

test('messages: long call ids are shortened, the same way in call and output', () => {
  const ids = [`call_${'x'.repeat(80)}a`, `call_${'x'.repeat(80)}b`];
  const calls = ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }));
  const outputs = ids.map((id) => ({ role: 'tool', tool_call_id: id, content: id }));
  const items = toInput({ role: 'assistant', tool_calls: calls }, ...outputs) as { call_id: string }[];
  const [a, b, outputA, outputB] = items.map(({ call_id }) => call_id);
  assert.match(a!, /^call_[0-9a-f]{59}$/);
  assert.notEqual(a, b);
  assert.deepEqual([a, b], [outputA, outputB]);
  const exact = 'c'.repeat(64);
  const kept = toInput(
    { role: 'assistant', tool_calls: [{ id: exact, type: 'function', function: { name: 'f', arguments: '' } }] },
    { role: 'tool', tool_call_id: exact, content: '' },
  ) as { call_id: string }[];
  assert.equal(kept[0]!.call_id, exact);
});

const webSearch = { type: 'web_search' };
const place = { city: 'Oslo', country: 'NO' };
const f = { type: 'function', function: { name: 'f' } };
const flatF = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false };

const fields: [title: string, body: object, canonical: object][] = [
  ['tools: a bare function', { tools: [f] }, { tools: [flatF] }],
  [
    'tools: a whole function',
    {
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } },
      ],
    },
    {
      tools: [
        { type: 'function', name: 'f', description: 'd', parameters: { type: 'object', properties: {} }, strict: true },
      ],
    },
  ],
  [
    'tools: custom',
    {
      tools: [
        { type: 'custom', custom: { name: 'g', description: 'd', format: { type: 'text' } } },
        {
          type: 'custom',
          custom: { name: 'h', format: { type: 'grammar', grammar: { syntax: 'regex', definition: '\\d+' } } },
        },
      ],
    },
    {
      tools: [
        { type: 'custom', name: 'g', description: 'd', format: { type: 'text' } },
        { type: 'custom', name: 'h', format: { type: 'grammar', syntax: 'regex', definition: '\\d+' } },
      ],
    },
  ],
  ['tools: web_search_preview', { tools: [{ type: 'web_search_preview' }] }, { tools: [webSearch] }],
  [
    'tools: web_search with all it takes',
    {
      tools: [
        {
          type: 'web_search_2025_08_26',
          filters: { allowed_domains: ['a.example'] },
          search_context_size: 'high',
          user_location: { type: 'approximate', ...place },
        },
      ],
    },
    {
      tools: [
        {
          type: 'web_search',
          filters: { allowed_domains: ['a.example'] },
          search_context_size: 'high',
          user_location: { type: 'approximate', ...place },
        },
      ],
    },
  ],
  [
    'tools: image_generation',
    { tools: [{ type: 'image_generation', output_format: 'png' }] },
    { tools: [{ type: 'image_generation', output_format: 'png' }] },
  ],
  [
    'web_search_options',
    { web_search_options: { search_context_size: 'low', user_location: { type: 'approximate', approximate: place } } },
    { tools: [{ type: 'web_search', search_context_size: 'low', user_location: { type: 'approximate', ...place } }] },
  ],
  ['web_search_options beside the tool', { web_search_options: {}, tools: [webSearch] }, { tools: [webSearch] }],
  ['tool_choice auto', { tools: [f], tool_choice: 'auto' }, { tools: [flatF], tool_choice: 'auto' }],
  ['tool_choice required', { tools: [f], tool_choice: 'required' }, { tools: [flatF], tool_choice: 'required' }],
  [
    'tool_choice function',
    { tools: [f], tool_choice: { type: 'function', function: { name: 'f' } } },
    { tools: [flatF], tool_choice: { type: 'function', name: 'f' } },
  ],
  [
    'tool_choice custom',
    { tools: [f], tool_choice: { type: 'custom', custom: { name: 'g' } } },
    { tools: [flatF], tool_choice: { type: 'custom', name: 'g' } },
  ],
  [
    'tool_choice allowed_tools',
    {
      tools: [f],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [f, { type: 'custom', custom: { name: 'g' } }] },
      },
    },
    {
      tools: [flatF],
      tool_choice: {
        type: 'allowed_tools',
        mode: 'required',
        tools: [
          { type: 'function', name: 'f' },
          { type: 'custom', name: 'g' },
        ],
      },
    },
  ],
  [
    'a tool_choice that asks for nothing, without tools',
    { tools: [], tool_choice: 'none', parallel_tool_calls: true },
    {},
  ],
  ['parallel_tool_calls', { tools: [f], parallel_tool_calls: false }, { tools: [flatF], parallel_tool_calls: false }],
  [
    'legacy functions, one call at a time',
    { functions: [{ name: 'f' }], function_call: { name: 'f' } },
    { tools: [flatF], tool_choice: { type: 'function', name: 'f' }, parallel_tool_calls: false },
  ],
  [
    'function_call auto',
    { functions: [{ name: 'f' }], function_call: 'auto' },
    { tools: [flatF], tool_choice: 'auto', parallel_tool_calls: false },
  ],
  ['response_format text', { response_format: { type: 'text' } }, {}],
  [
    'response_format json_object',
    { response_format: { type: 'json_object' } },
    { text: { format: { type: 'json_object' } } },
  ],
  [
    'response_format json_schema',
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'n', description: 'd', schema: { type: 'object' }, strict: true },
      },
    },
    {
      text: { format: { type: 'json_schema', name: 'n', description: 'd', schema: { type: 'object' }, strict: true } },
    },
  ],
  [
    'response_format json_schema, bare',
    { response_format: { type: 'json_schema', json_schema: { name: 'n' } } },
    { text: { format: { type: 'json_schema', name: 'n', schema: {}, strict: false } } },
  ],
  [
    'verbosity beside a format',
    { verbosity: 'low', response_format: { type: 'json_object' } },
    { text: { format: { type: 'json_object' }, verbosity: 'low' } },
  ],
  ['reasoning_effort', { reasoning_effort: 'high' }, { reasoning: { effort: 'high' } }],
  [
    'reasoning',
    { reasoning: { effort: 'low', summary: 'detailed' } },
    { reasoning: { effort: 'low', summary: 'detailed' } },
  ],
  [
    'reasoning_effort before reasoning',
    { reasoning_effort: 'high', reasoning: { effort: 'low' } },
    { reasoning: { effort: 'high' } },
  ],
  ['thinking enabled', { thinking: { type: 'enabled' } }, { reasoning: { effort: 'medium' } }],
  ['thinking disabled', { thinking: { type: 'disabled' } }, { reasoning: { effort: 'none' } }],
  ['enable_thinking', { enable_thinking: true }, { reasoning: { effort: 'medium' } }],
  [
    'enable_thinking beside an effort',
    { enable_thinking: true, reasoning_effort: 'low' },
    { reasoning: { effort: 'low' } },
  ],
  ['reasoning enabled', { reasoning: { enabled: true } }, { reasoning: { effort: 'medium' } }],
  ['stop as text', { stop: 'END' }, { stop: ['END'] }],
  ['stop as a list', { stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
  ['stop as an empty list', { stop: [] }, {}],
  ['n', { n: 3 }, { choices: 3 }],
  ['max_tokens', { max_tokens: 5 }, { max_output_tokens: 5 }],
  ['max_completion_tokens before max_tokens', { max_tokens: 5, max_completion_tokens: 7 }, { max_output_tokens: 7 }],
  [
    'what both APIs call the same',
    {
      ...{ temperature: 0, top_p: 0.5, user: 'u', safety_identifier: 's', metadata: { a: 'b' }, store: false },
      ...{ service_tier: 'fast', prompt_cache_key: 'k', prompt_cache_retention: '24h', prompt_cache_options: {} },
    },
    {
      ...{ temperature: 0, top_p: 0.5, user: 'u', safety_identifier: 's', metadata: { a: 'b' }, store: false },
      ...{ service_tier: 'fast', prompt_cache_key: 'k', prompt_cache_retention: '24h', prompt_cache_options: {} },
    },
  ],
  ['modalities of text', { modalities: ['text'] }, {}],
];

for (const [title, body, canonical] of fields) test(title, () => assert.deepEqual(extras(body), canonical));

test('stream', () => {
  assert.equal(translate({ stream: true }).stream, true);
  assert.equal(chatCompletions.isStreaming({ model: 'm', messages: [], stream: true }), true);
  assert.equal(chatCompletions.isStreaming({ model: 'm', messages: [], stream: null }), false);
});

test('headers come before the body', () => {
  const headers = { 'x-reasoning-summary': 'Concise', 'x-text-verbosity': ' high ' };
  assert.deepEqual(extras({ verbosity: 'low', reasoning: { summary: 'auto' } }, headers), {
    reasoning: { summary: 'concise' },
    text: { verbosity: 'high' },
  });
  assert.deepEqual(extras({}, { 'x-reasoning-summary': '' }), {});
});

test('sampling is said as it is, for whoever takes it', () => {
  const sampling = {
    ...{ seed: 1, logit_bias: { '5': 1 }, presence_penalty: 0, frequency_penalty: 1, logprobs: true, top_logprobs: 2 },
    ...{ top_k: 40, prediction: { type: 'content', content: 'x' } },
  };
  assert.deepEqual(extras(sampling), sampling);
  assert.deepEqual(extras({ logprobs: false, seed: null, top_k: null }), {});
  assert.deepEqual(translate(sampling).ignored, []);
});

test('unknown parameters are kept where their name can stand in a header, and not without end', () => {
  const body = {
    min_p: 0.1,
    guided_json: {},
    top_a: null,
    'bad\r\nname': 1,
    ünïcode: 1,
    ...JSON.parse('{"__proto__": {}}'),
  };
  assert.deepEqual(translate(body).extra, { min_p: 0.1, guided_json: {} });
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`unknown_${index}`, 1]));
  assert.equal(Object.keys(translate(many).extra as object).length, 64);
});

test('what a provider does not take is named as the client wrote it, and not without end', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`unknown_${index}`, 1]));
  const { ignored: _, ...request } = translate({ seed: 1, top_k: 4, logprobs: true, stop: 'x', ...many });
  const named: string[] = [];
  ignoreOthers(request as never, new Set(['input']), (param) => named.push(param));
  assert.deepEqual(named.slice(0, 4), ['top_k', 'seed', 'logprobs', 'unknown_0']);
  assert.equal(named.length, 3 + 16);
});

test('the reasoning of OpenRouter’s clients is taken like that of DeepSeek’s', () => {
  const messages = [hello, { role: 'assistant', content: 'Hi', reasoning: 'hm', reasoning_content: null }];
  const [, reasoning] = translate({ messages }).input as { content: unknown }[];
  assert.deepEqual(reasoning!.content, [{ type: 'reasoning_text', text: 'hm' }]);
  const odd = [hello, { role: 'assistant', content: 'Hi', reasoning: { content: [] }, reasoning_content: 5 }];
  assert.equal((translate({ messages: odd }).input as unknown[]).length, 2);
});

const called = {
  role: 'assistant',
  tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'f', arguments: '' } }],
};

const refused: [title: string, body: object, headers: Record<string, string>, code: string, param: string][] = [
  [
    'a tool message without a call',
    { messages: [hello, { role: 'tool', tool_call_id: 'call_x', content: '' }] },
    {},
    'OC_ORPHAN_TOOL_OUTPUT',
    'messages[1].tool_call_id',
  ],
  [
    'a tool message before its call',
    { messages: [{ role: 'tool', tool_call_id: 'call_a', content: '' }, called] },
    {},
    'OC_ORPHAN_TOOL_OUTPUT',
    'messages[0].tool_call_id',
  ],
  [
    'a function message without a call',
    { messages: [hello, { role: 'function', name: 'f', content: '' }] },
    {},
    'OC_ORPHAN_TOOL_OUTPUT',
    'messages[1].name',
  ],
  [
    'a call without an output',
    { messages: [hello, called, hello] },
    {},
    'OC_INVALID_VALUE',
    'messages[1].tool_calls[0]',
  ],
  [
    'a legacy call without an output',
    { messages: [hello, { role: 'assistant', function_call: { name: 'f', arguments: '' } }] },
    {},
    'OC_INVALID_VALUE',
    'messages[1].function_call',
  ],
  ['audio out, by modalities', { modalities: ['text', 'audio'] }, {}, 'OC_UNSUPPORTED_PARAMETER', 'modalities'],
  ['audio out, by audio', { audio: { voice: 'ash', format: 'wav' } }, {}, 'OC_UNSUPPORTED_PARAMETER', 'audio'],
  [
    'an uploaded file',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
    {},
    'OC_UNSUPPORTED_PARAMETER',
    'messages[0].content[0].file.file_id',
  ],
  [
    'a file without content',
    { messages: [{ role: 'user', content: [{ type: 'file', file: {} }] }] },
    {},
    'OC_MISSING_PARAMETER',
    'messages[0].content[0].file.file_data',
  ],
  ['a hosted tool', { tools: [f, { type: 'code_interpreter' }] }, {}, 'OC_TOOL_NOT_SUPPORTED', 'tools[1].type'],
  ['a forced tool without tools', { tool_choice: 'required' }, {}, 'OC_INVALID_VALUE', 'tool_choice'],
  ['a forced function without functions', { function_call: { name: 'f' } }, {}, 'OC_INVALID_VALUE', 'function_call'],
  ['a wrong X-Reasoning-Summary', {}, { 'x-reasoning-summary': 'long' }, 'OC_INVALID_VALUE', 'X-Reasoning-Summary'],
  ['a wrong X-Text-Verbosity', {}, { 'x-text-verbosity': 'loud' }, 'OC_INVALID_VALUE', 'X-Text-Verbosity'],
  ['a wrong X-Reasoning-Compat', {}, { 'x-reasoning-compat': 'o4' }, 'OC_INVALID_VALUE', 'X-Reasoning-Compat'],
];

for (const [title, body, headers, code, param] of refused) {
  test(`refuses ${title}`, () => {
    assert.throws(
      () => translate(body, headers),
      (error: unknown) => {
        assert.ok(error instanceof OpenCompatError);
        assert.deepEqual([error.status, error.code, error.public.param], [400, code, param], error.message);
        return true;
      },
    );
  });
}

test('a hosted tool that is not served is named', () => {
  assert.throws(() => translate({ tools: [{ type: 'file_search' }] }), /'file_search'/);
});

test('names that are dropped are named, but for that of a tool, which its call says anyway', () => {
  const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } };
  const calling = { role: 'assistant', tool_calls: [call] };
  const output = { role: 'tool', tool_call_id: 'a', name: 'f', content: 'x' };
  const ignoredOf = (...messages: object[]) => translate({ messages }).ignored;
  assert.deepEqual(ignoredOf({ ...hello, name: 'ann' }, { ...hello, name: 'bob' }), ['messages.name']);
  assert.deepEqual(ignoredOf({ role: 'system', content: 'x', name: 'example_user' }, hello), ['messages.name']);
  assert.deepEqual(ignoredOf(hello, calling, output), []);
  assert.deepEqual(ignoredOf({ ...hello, name: null }), []);
  const spoken = { role: 'assistant', content: 'Hi', audio: { id: 'audio_1' } };
  assert.deepEqual(ignoredOf(hello, spoken, hello), ['messages.audio']);
});
