/** What the schema of a Chat Completions request lets pass, and which field it names when it does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createValidator } from '../../../lib/apis/body-validation.ts';
import { chatCompletions } from '../../../lib/apis/chat-completions/index.ts';
import { OpenCompatError } from '../../../lib/errors.ts';

const validate = createValidator(chatCompletions.schema);
const base = { model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }] };

function messages(...list: object[]): object {
  return { ...base, messages: list };
}

const optionalParams = Object.keys(chatCompletions.schema.properties ?? {}).filter(
  (name) => name !== 'model' && name !== 'messages',
);

const passing: Record<string, object> = {
  'a minimal request': base,
  'null for every optional parameter': { ...base, ...Object.fromEntries(optionalParams.map((name) => [name, null])) },
  'keys that nobody knows': { ...base, top_k: 5, extra: { nested: true } },
  'every role': messages(
    { role: 'system', content: 'a' },
    { role: 'developer', content: [{ type: 'text', text: 'b', cache_control: { type: 'ephemeral' } }] },
    { role: 'user', content: 'c', name: 'ann' },
    { role: 'assistant', content: null, tool_calls: null, function_call: null, refusal: null, audio: { id: 'a' } },
    { role: 'assistant' },
    { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'd' }] },
    { role: 'tool', tool_call_id: 'call_1', content: null },
    { role: 'function', name: 'f', content: null },
  ),
  'every content part': messages(
    {
      role: 'user',
      content: [
        { type: 'text', text: '' },
        { type: 'image_url', image_url: { url: 'https://pictures.example/a.png', detail: 'original' } },
        { type: 'image_url', image_url: 'data:image/png;base64,AA==' },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,AA==', filename: 'a.pdf' } },
        { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'x' },
        { type: 'refusal', refusal: 'no' },
      ],
    },
  ),
  'every kind of tool call': messages({
    role: 'assistant',
    tool_calls: [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
      { id: 'b', type: 'custom', custom: { name: 'g', input: '' } },
    ],
    function_call: { name: 'f', arguments: '' },
  }),
  'every kind of tool': {
    ...base,
    tools: [
      { type: 'function', function: { name: 'f' } },
      { type: 'function', function: { name: 'f', description: null, parameters: null, strict: null } },
      { type: 'custom', custom: { name: 'g', format: { type: 'text' } } },
      {
        type: 'custom',
        custom: { name: 'h', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 's' } } },
      },
      { type: 'web_search', search_context_size: 'low', user_location: null },
      { type: 'mcp', server_url: 'https://tools.example' },
    ],
  },
  'tool_choice as text': { ...base, tool_choice: 'required' },
  'tool_choice of a function': { ...base, tool_choice: { type: 'function', function: { name: 'f' } } },
  'tool_choice of a custom tool': { ...base, tool_choice: { type: 'custom', custom: { name: 'g' } } },
  'tool_choice among allowed tools': {
    ...base,
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
    },
  },
  'legacy functions': { ...base, functions: [{ name: 'f', parameters: {} }], function_call: { name: 'f' } },
  'response_format text': { ...base, response_format: { type: 'text' } },
  'response_format json_object': { ...base, response_format: { type: 'json_object' } },
  'response_format json_schema': { ...base, response_format: { type: 'json_schema', json_schema: { name: 'a-B_1' } } },
  'one stop sequence': { ...base, stop: '\n' },
  'more stop sequences than OpenAI takes': { ...base, stop: ['a', 'b', 'c', 'd', 'e'] },
  'ranges at their ends': {
    ...base,
    ...{ temperature: 2, top_p: 0, presence_penalty: -2, frequency_penalty: 2, top_logprobs: 20 },
    ...{ n: 128, max_tokens: 1, max_completion_tokens: 1, logit_bias: { 50256: -100 } },
  },
  'the de-facto words for thinking': {
    ...base,
    thinking: { type: 'enabled', budget_tokens: 5 },
    enable_thinking: true,
  },
  'a thinking flag': { ...base, thinking: false, reasoning: { effort: 'low', summary: 'auto', enabled: true } },
};

for (const [title, body] of Object.entries(passing)) {
  test(`passes ${title}`, () => assert.doesNotThrow(() => validate(body)));
}

const refused: [body: object, param: string, code: string][] = [
  [{ messages: base.messages }, 'model', 'missing_required_parameter'],
  [{ ...base, model: null }, 'model', 'invalid_type'],
  [{ ...base, model: '' }, 'model', 'empty_string'],
  [{ model: 'gpt-5' }, 'messages', 'missing_required_parameter'],
  [messages(), 'messages', 'empty_array'],
  [{ ...base, messages: 'hi' }, 'messages', 'invalid_type'],
  [messages({ content: 'x' }), 'messages[0].role', 'missing_required_parameter'],
  [messages({ role: 'bot', content: 'x' }), 'messages[0].role', 'invalid_value'],
  [messages({ role: 'user' }), 'messages[0].content', 'missing_required_parameter'],
  [messages({ role: 'user', content: null }), 'messages[0].content', 'invalid_type'],
  [messages({ role: 'user', content: [] }), 'messages[0].content', 'empty_array'],
  [
    messages(base.messages[0]!, { role: 'user', content: [{ type: 'video' }] }),
    'messages[1].content[0].type',
    'invalid_value',
  ],
  [
    messages({ role: 'user', content: [{ type: 'text' }] }),
    'messages[0].content[0].text',
    'missing_required_parameter',
  ],
  [
    messages({ role: 'user', content: [{ type: 'image_url', image_url: {} }] }),
    'messages[0].content[0].image_url.url',
    'missing_required_parameter',
  ],
  [
    messages({ role: 'system', content: [{ type: 'image_url', image_url: 'x' }] }),
    'messages[0].content[0].type',
    'invalid_value',
  ],
  [messages({ role: 'tool', content: 'x' }), 'messages[0].tool_call_id', 'missing_required_parameter'],
  [
    messages({
      role: 'assistant',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: {} } }],
    }),
    'messages[0].tool_calls[0].function.arguments',
    'invalid_type',
  ],
  [{ ...base, tools: [{ type: 'function' }] }, 'tools[0].function', 'missing_required_parameter'],
  [{ ...base, tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name', 'missing_required_parameter'],
  [{ ...base, tools: [{}] }, 'tools[0].type', 'missing_required_parameter'],
  [{ ...base, tools: [{ type: 'custom' }] }, 'tools[0].custom', 'missing_required_parameter'],
  [
    { ...base, tools: [{ type: 'web_search', search_context_size: 'x' }] },
    'tools[0].search_context_size',
    'invalid_value',
  ],
  [{ ...base, tool_choice: 'any' }, 'tool_choice', 'invalid_value'],
  [{ ...base, tool_choice: { type: 'tool' } }, 'tool_choice.type', 'invalid_value'],
  [{ ...base, tool_choice: { type: 'function' } }, 'tool_choice.function', 'missing_required_parameter'],
  [{ ...base, function_call: 'required' }, 'function_call', 'invalid_value'],
  [{ ...base, function_call: {} }, 'function_call.name', 'missing_required_parameter'],
  [{ ...base, response_format: { type: 'xml' } }, 'response_format.type', 'invalid_value'],
  [
    { ...base, response_format: { type: 'json_schema', json_schema: { name: 'a b' } } },
    'response_format.json_schema.name',
    'invalid_value',
  ],
  [{ ...base, temperature: 'x' }, 'temperature', 'invalid_type'],
  [{ ...base, temperature: 2.1 }, 'temperature', 'decimal_above_max_value'],
  [{ ...base, top_p: -0.1 }, 'top_p', 'decimal_below_min_value'],
  [{ ...base, presence_penalty: 3 }, 'presence_penalty', 'decimal_above_max_value'],
  [{ ...base, n: 0 }, 'n', 'integer_below_min_value'],
  [{ ...base, max_tokens: 0 }, 'max_tokens', 'integer_below_min_value'],
  [{ ...base, max_completion_tokens: 1.5 }, 'max_completion_tokens', 'invalid_type'],
  [{ ...base, top_logprobs: 21 }, 'top_logprobs', 'integer_above_max_value'],
  [{ ...base, logit_bias: { 5: 'x' } }, 'logit_bias.5', 'invalid_type'],
  [{ ...base, seed: 'x' }, 'seed', 'invalid_type'],
  [{ ...base, logprobs: 'yes' }, 'logprobs', 'invalid_type'],
  [{ ...base, stop: '' }, 'stop', 'empty_string'],
  [{ ...base, stop: ['a', ''] }, 'stop[1]', 'empty_string'],
  [{ ...base, stop: Array(65).fill('x') }, 'stop', 'array_above_max_length'],
  [{ ...base, stream: 'true' }, 'stream', 'invalid_type'],
  [{ ...base, stream_options: { include_usage: 1 } }, 'stream_options.include_usage', 'invalid_type'],
  [{ ...base, reasoning_effort: 'huge' }, 'reasoning_effort', 'invalid_value'],
  [{ ...base, verbosity: 'chatty' }, 'verbosity', 'invalid_value'],
  [{ ...base, metadata: { a: 1 } }, 'metadata.a', 'invalid_type'],
  [{ ...base, modalities: ['smell'] }, 'modalities[0]', 'invalid_value'],
  [{ ...base, service_tier: 'gold' }, 'service_tier', 'invalid_value'],
  [{ ...base, prediction: { type: 'content' } }, 'prediction.content', 'missing_required_parameter'],
];

for (const [body, param, code] of refused) {
  test(`refuses ${param}: ${code} of ${JSON.stringify(body).slice(-60)}`, () => {
    assert.throws(
      () => validate(body),
      (error: unknown) => {
        assert.ok(error instanceof OpenCompatError);
        assert.deepEqual([error.status, error.public.param, error.public.code], [400, param, code], error.message);
        return true;
      },
    );
  });
}
