import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createValidator } from '../../../lib/apis/body-validation.ts';
import { type ResponsesRequest, responses } from '../../../lib/apis/responses/index.ts';
import type { CanonicalRequest } from '../../../lib/canonical/types.ts';
import { OpenCompatError, type PublicError } from '../../../lib/errors.ts';

const validate = createValidator(responses.schema);

function translate(fields: object): { request: CanonicalRequest; ignored: string[] } {
  const body = { model: 'gpt-5.5', input: 'hi', ...fields } as ResponsesRequest;
  validate(body);
  const ignored: string[] = [];
  const request = responses.toCanonical(body, {
    headers: {},
    defaults: { reasoningCompat: 'reasoning_content' },
    ignore: (param) => ignored.push(param),
  });
  return { request, ignored };
}

function refusalOf(fields: object): PublicError {
  try {
    translate(fields);
  } catch (error) {
    assert.ok(error instanceof OpenCompatError, String(error));
    return error.public;
  }
  return assert.fail('it was taken');
}

const said = (text: string) => [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }];

test('a text is a user message', () => {
  assert.deepEqual(translate({ input: 'hi' }).request.input, said('hi'));
});

test('messages may leave out their type, and write their content as a text', () => {
  const { request } = translate({
    input: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
      { role: 'assistant', content: 'Hello.', id: 'msg_1', status: 'completed' },
      { type: 'message', role: 'user', content: [{ type: 'text', text: 'again' }] },
    ],
  });
  assert.deepEqual(request.input, [
    { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'Be brief.' }] },
    ...said('hi'),
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello.' }] },
    ...said('again'),
  ]);
});

test('ids, states and authors of items are left out, but for ids that something can be found by', () => {
  const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' };
  const output = { type: 'function_call_output', call_id: 'call_1', output: 'x' };
  const { request } = translate({
    input: [
      { ...call, id: 'fc_1', status: 'completed' },
      { ...output, id: 'fco_1', status: 'completed', created_by: 'me' },
      { type: 'item_reference', id: 'msg_2' },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'abc' },
      { type: 'reasoning', id: 'rs_2', summary: [] },
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
    ],
  });
  assert.deepEqual(request.input, [
    call,
    output,
    { type: 'item_reference', id: 'msg_2' },
    { type: 'reasoning', summary: [], encrypted_content: 'abc' },
    { id: 'rs_2', type: 'reasoning', summary: [] },
    { type: 'web_search_call', action: { type: 'search', query: 'q' } },
  ]);
});

test('pictures and files go along as they are, by data or by address', () => {
  const content = [
    { type: 'input_text', text: 'What is this?' },
    { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
    { type: 'input_image', image_url: 'https://example.com/a.png' },
    { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
    { type: 'input_file', file_url: 'https://example.com/a.pdf' },
  ];
  const { request } = translate({ input: [{ role: 'user', content }] });
  assert.deepEqual(request.input, [{ type: 'message', role: 'user', content }]);
});

test('parameters keep their names; what is not said stays unsaid', () => {
  const fields = {
    instructions: 'Be brief.',
    max_output_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    tool_choice: 'required',
    parallel_tool_calls: false,
    include: ['reasoning.encrypted_content'],
    text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' } }, verbosity: 'low' },
    service_tier: 'priority',
    prompt_cache_key: 'key',
    user: 'me',
    previous_response_id: 'resp_1',
  };
  const { request } = translate({ ...fields, store: false, reasoning: { effort: 'low', generate_summary: 'auto' } });
  assert.deepEqual(request, {
    model: 'gpt-5.5',
    input: said('hi'),
    stream: false,
    store: false,
    ...fields,
    reasoning: { effort: 'low', summary: 'auto' },
  });
  assert.deepEqual(translate({}).request, { model: 'gpt-5.5', input: said('hi'), stream: false, store: true });
  const nulls = Object.fromEntries(Object.keys(fields).map((key) => [key, null]));
  assert.deepEqual(translate(nulls).request, translate({}).request);
});

test('tools go along, also those that this version does not know; a function has an object for its parameters', () => {
  const custom = {
    type: 'custom',
    name: 'patch',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
  };
  const hosted = [{ type: 'web_search_preview' }, { type: 'local_shell' }, { type: 'image_generation', size: 'auto' }];
  const namespace = { type: 'namespace', name: 'mcp', tools: [{ type: 'function', name: 'x', parameters: {} }] };
  const { request } = translate({
    tools: [
      { type: 'function', name: 'f', parameters: null, strict: true },
      custom,
      ...hosted,
      namespace,
      { type: 'new' },
    ],
  });
  assert.deepEqual(request.tools, [
    { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: true },
    custom,
    ...hosted,
    namespace,
    { type: 'new' },
  ]);
});

test('what is echoed or kept here needs nobody to take it; unknown fields are kept for who may know them', () => {
  const { request } = translate({
    metadata: { a: 'b' },
    truncation: 'disabled',
    top_logprobs: 0,
    stream_options: { include_obfuscation: false },
    client_metadata: { a: 'b' },
    something_new: 1,
    'bad\nname': 1,
  });
  assert.deepEqual(request, { ...translate({}).request, extra: { something_new: 1 } });
});

const refusals: [string, object, Partial<PublicError>][] = [
  ['no input', { input: undefined }, { param: 'input', code: 'missing_required_parameter' }],
  ['a conversation', { conversation: 'conv_1' }, { param: 'conversation', code: 'unsupported_parameter' }],
  ['a stored prompt', { prompt: { id: 'pmpt_1' } }, { param: 'prompt', code: 'unsupported_parameter' }],
  ['a role', { input: [{ role: 'tool', content: 'x' }] }, { param: 'input[0].role', code: 'invalid_value' }],
  ['a message without content', { input: [{ role: 'user' }] }, { param: 'input[0].content' }],
  ['an item that says nothing', { input: [{}] }, { param: 'input[0].role', code: 'missing_required_parameter' }],
  [
    'a part without its text',
    { input: [{ role: 'user', content: [{ type: 'input_text' }] }] },
    { param: 'input[0].content[0].text', code: 'missing_required_parameter' },
  ],
  [
    'an output without its call',
    { input: [{ type: 'function_call_output', output: 'x' }] },
    { param: 'input[0].call_id', code: 'missing_required_parameter' },
  ],
  ['an effort', { reasoning: { effort: 'huge' } }, { param: 'reasoning.effort', code: 'invalid_value' }],
  ['a temperature', { temperature: 3 }, { param: 'temperature', code: 'decimal_above_max_value' }],
  ['a tool choice', { tool_choice: 'always' }, { param: 'tool_choice', code: 'invalid_value' }],
  ['a nameless tool', { tools: [{ type: 'function' }] }, { param: 'tools[0].name' }],
  ['a format', { text: { format: { type: 'xml' } } }, { param: 'text.format.type', code: 'invalid_value' }],
  ['metadata that is no text', { metadata: { a: 1 } }, { param: 'metadata.a', code: 'invalid_type' }],
  ['the model', { model: 7 }, { param: 'model', code: 'invalid_type' }],
];

for (const [what, fields, expected] of refusals) {
  test(`refused by its own name: ${what}`, () => {
    const { type, param, code } = refusalOf(fields);
    assert.deepEqual({ type, param, code }, { type: 'invalid_request_error', param, code, ...expected });
  });
}
