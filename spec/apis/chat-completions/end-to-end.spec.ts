/** Chat Completions over HTTP, row by row: what of a request reaches the backend, and what of its events the client. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fallbackModels } from '../../../lib/providers/chatgpt/fallback-models.ts';
import { type ChatAnswer, reasoningCompats } from '../../support/chat-answers.ts';
import { checkChatStream, type MergedAnswer } from '../../support/chat-chunk-checker.ts';
import {
  createFakeModel,
  createHarness,
  defaultText,
  fakeUsage,
  type Harness,
  type ScriptedItem,
  type ScriptOptions,
  scriptAnswer,
} from '../../support/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of every shape are looked into
type Body = Record<string, any>;
type Headers = Record<string, string>;

const user = { role: 'user', content: 'Hello' };

function post(h: Harness, body: object, headers: Headers = {}): Promise<Response> {
  return h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-5.5', messages: [user], ...body }),
  });
}

async function read(answer: Response): Promise<string> {
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}

/** What reaches the backend of a request that it takes. */
async function send(h: Harness, body: object, headers?: Headers): Promise<Body> {
  await read(await post(h, body, headers));
  return h.upstream.last.body;
}

async function askWhole(h: Harness, body: object, headers?: Headers): Promise<ChatAnswer> {
  return JSON.parse(await read(await post(h, body, headers))) as ChatAnswer;
}

async function askStreamed(h: Harness, body: Body, headers?: Headers): Promise<MergedAnswer> {
  const wire = await read(await post(h, { ...body, stream: true }, headers));
  return checkChatStream(wire, { choices: body.n ?? 1, hasUsage: body.stream_options?.include_usage === true });
}

/** The same answer in both forms; that they agree is checked. */
async function askBoth(
  h: Harness,
  script: string | readonly ScriptedItem[],
  body: object = {},
  { headers = {}, options = {} }: { headers?: Headers; options?: ScriptOptions } = {},
): Promise<ChatAnswer['choices'][0]> {
  const events = scriptAnswer(script, options);
  h.upstream.reply(events);
  const whole = await askWhole(h, body, headers);
  h.upstream.reply(events, { splitEveryBytes: 11 });
  const streamed = await askStreamed(h, { ...body, stream_options: { include_usage: true } }, headers);
  assert.deepEqual(streamed.choices, whole.choices);
  assert.deepEqual(streamed.usage, whole.usage);
  return whole.choices[0]!;
}

const item = (role: string, ...content: object[]) => ({ type: 'message', role, content });
const input = (text: string) => ({ type: 'input_text', text });
const output = (text: string) => ({ type: 'output_text', text });
const userItem = item('user', input('Hello'));

const parameters = { type: 'object', properties: { zone: { type: 'string' } } };
const functionTool = { type: 'function', function: { name: 'get_time', parameters } };
const customTool = { type: 'custom', custom: { name: 'write' } };
const call = (id: string) => ({ id, type: 'function', function: { name: 'get_time', arguments: '{}' } });
const callItem = (call_id: string) => ({ type: 'function_call', call_id, name: 'get_time', arguments: '{}' });
const outputItem = (call_id: string, given: unknown) => ({ type: 'function_call_output', call_id, output: given });
const longId = `call_${'x'.repeat(80)}`;

const messageRows: [name: string, messages: object[], expected: { input: object[]; instructions?: string }][] = [
  [
    'leading system and developer texts become the instructions',
    [
      { role: 'system', content: 'Be brief.' },
      { role: 'developer', content: [{ type: 'text', text: 'Be' }, { type: 'text', text: 'kind.' }] }, // biome-ignore format: one row
      user,
    ],
    { instructions: 'Be brief.\nBe\nkind.', input: [userItem] },
  ],
  [
    'system and developer texts in the middle stay in place, as developer messages',
    [user, { role: 'system', content: 'Now in Dutch.' }, { role: 'developer', content: 'Louder.' }, user],
    { input: [userItem, item('developer', input('Now in Dutch.')), item('developer', input('Louder.')), userItem] },
  ],
  [
    'a conversation of system texts only is left as it is',
    [{ role: 'system', content: 'Greet.' }],
    { input: [item('developer', input('Greet.'))] },
  ],
  [
    'images and files are parts of a user message, in order',
    [
      {
        role: 'user',
        name: 'ann',
        content: [
          { type: 'text', text: 'See', cache_control: { type: 'ephemeral' } },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'high' } },
          { type: 'image_url', image_url: 'data:image/png;base64,AAAA' },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
        ],
      },
    ],
    {
      input: [
        item(
          'user',
          input('See'),
          { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'high' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
          { type: 'input_file', file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' },
        ),
      ],
    },
  ],
  [
    'assistant texts and refusals, without their reasoning and audio',
    [
      user,
      { role: 'assistant', content: 'Hi', reasoning_content: 'hm', audio: { id: 'audio_1' } },
      { role: 'assistant', content: [{ type: 'text', text: 'A' }, { type: 'refusal', refusal: 'B' }] }, // biome-ignore format: one row
      { role: 'assistant', content: null, refusal: 'No' },
      { role: 'assistant', content: '' },
      user,
    ],
    {
      input: [
        userItem,
        item('assistant', output('Hi')),
        item('assistant', output('A'), { type: 'refusal', refusal: 'B' }),
        item('assistant', { type: 'refusal', refusal: 'No' }),
        userItem,
      ],
    },
  ],
  [
    'parallel calls, their outputs out of order, as text and as parts',
    [
      user,
      { role: 'assistant', content: 'Looking.', tool_calls: [call('call_a'), call('call_b')] },
      { role: 'tool', tool_call_id: 'call_b', content: 'noon' },
      {
        role: 'tool',
        tool_call_id: 'call_a',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ],
    {
      input: [
        userItem,
        item('assistant', output('Looking.')),
        callItem('call_a'),
        callItem('call_b'),
        outputItem('call_b', 'noon'),
        outputItem('call_a', [
          input('see'),
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
        ]),
      ],
    },
  ],
  [
    'a custom call and its output',
    [
      user,
      { role: 'assistant', tool_calls: [{ id: 'call_c', type: 'custom', custom: { name: 'write', input: 'x = 1' } }] },
      { role: 'tool', tool_call_id: 'call_c', content: 'done' },
    ],
    {
      input: [
        userItem,
        { type: 'custom_tool_call', call_id: 'call_c', name: 'write', input: 'x = 1' },
        { type: 'custom_tool_call_output', call_id: 'call_c', output: 'done' },
      ],
    },
  ],
  [
    'two turns of legacy functions of the same name',
    [
      user,
      { role: 'assistant', content: null, function_call: { name: 'get_time', arguments: '{}' } },
      { role: 'function', name: 'get_time', content: 'noon' },
      { role: 'assistant', content: null, function_call: { name: 'get_time', arguments: '{}' } },
      { role: 'function', name: 'get_time', content: 'one' },
    ],
    {
      input: [
        userItem,
        callItem('call_legacy_1'),
        outputItem('call_legacy_1', 'noon'),
        callItem('call_legacy_3'),
        outputItem('call_legacy_3', 'one'),
      ],
    },
  ],
];

for (const [name, messages, expected] of messageRows) {
  test(`messages: ${name}`, async (t) => {
    const h = await createHarness(t);
    const body = await send(h, { messages });
    assert.deepEqual(body.input, expected.input);
    if (expected.instructions) assert.equal(body.instructions, expected.instructions);
    assert.equal(typeof body.instructions, 'string');
  });
}

test('messages: an id that is too long for the backend is the same short one in call and output', async (t) => {
  const h = await createHarness(t);
  const messages = [
    user,
    { role: 'assistant', tool_calls: [call(longId)] },
    { role: 'tool', tool_call_id: longId, content: '' },
  ];
  const [, made, answered] = (await send(h, { messages })).input;
  assert.match(made.call_id, /^call_\w{1,59}$/);
  assert.equal(made.call_id, answered.call_id);
  assert.deepEqual((await send(h, { messages })).input[1], made);
});

const fieldRows: [name: string, fields: object, expected: Body, ignored?: string][] = [
  ['what a request does not say', {}, { store: false, stream: true, tools: undefined, tool_choice: undefined }],
  [
    'function tools',
    { tools: [functionTool] },
    { tools: [{ type: 'function', name: 'get_time', parameters, strict: false }] },
  ],
  [
    'a function without parameters',
    { tools: [{ type: 'function', function: { name: 'f', description: 'Does.' } }] },
    {
      tools: [
        {
          type: 'function',
          name: 'f',
          description: 'Does.',
          parameters: { type: 'object', properties: {} },
          strict: false,
        },
      ],
    },
  ],
  [
    'a function whose parameters are an object of nothing, as zero-argument tools of MCP servers have them',
    { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }] },
    { tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }] },
  ],
  [
    'custom tools with a grammar',
    {
      tools: [
        {
          type: 'custom',
          custom: { name: 'write', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } } },
        },
      ],
    },
    {
      tools: [{ type: 'custom', name: 'write', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } }],
    },
  ],
  ['web search by its old name', { tools: [{ type: 'web_search_preview' }] }, { tools: [{ type: 'web_search' }] }],
  [
    'web search by options',
    {
      web_search_options: {
        search_context_size: 'low',
        user_location: { type: 'approximate', approximate: { city: 'Delft', country: 'NL' } },
      },
    },
    {
      tools: [
        {
          type: 'web_search',
          search_context_size: 'low',
          user_location: { type: 'approximate', city: 'Delft', country: 'NL' },
        },
      ],
    },
  ],
  ['tool_choice none', { tools: [functionTool], tool_choice: 'none' }, { tool_choice: 'none' }],
  [
    'tool_choice of a function',
    { tools: [functionTool], tool_choice: { type: 'function', function: { name: 'get_time' } } },
    { tool_choice: { type: 'function', name: 'get_time' } },
  ],
  [
    'tool_choice of a custom tool',
    { tools: [customTool], tool_choice: { type: 'custom', custom: { name: 'write' } } },
    { tool_choice: { type: 'custom', name: 'write' } },
  ],
  [
    'tool_choice of allowed tools',
    {
      tools: [functionTool, customTool],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'custom', custom: { name: 'write' } }] },
      },
    },
    { tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'custom', name: 'write' }] } },
  ],
  ['parallel_tool_calls', { tools: [functionTool], parallel_tool_calls: false }, { parallel_tool_calls: false }],
  [
    'legacy functions',
    { functions: [functionTool.function], function_call: { name: 'get_time' } },
    {
      tools: [{ type: 'function', name: 'get_time', parameters, strict: false }],
      tool_choice: { type: 'function', name: 'get_time' },
      parallel_tool_calls: false,
    },
  ],
  ['response_format text', { response_format: { type: 'text' } }, { text: { verbosity: 'medium' } }],
  [
    'response_format json_schema',
    {
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'a',
          description: 'b',
          schema: { type: 'object', properties: {}, additionalProperties: false },
          strict: true,
        },
      },
    },
    {
      text: {
        verbosity: 'medium',
        format: {
          type: 'json_schema',
          name: 'a',
          description: 'b',
          schema: { type: 'object', properties: {}, additionalProperties: false },
          strict: true,
        },
      },
    },
  ],
  ['verbosity', { verbosity: 'low' }, { text: { verbosity: 'low' } }],
  ['reasoning_effort', { reasoning_effort: 'high' }, { reasoning: { effort: 'high', summary: 'auto' } }],
  [
    'reasoning of another API',
    { reasoning: { effort: 'low', summary: 'detailed' } },
    { reasoning: { effort: 'low', summary: 'detailed' } },
  ],
  [
    'thinking',
    { thinking: { type: 'enabled', budget_tokens: 1000 } },
    { reasoning: { effort: 'medium', summary: 'auto' } },
  ],
  ['thinking off', { enable_thinking: false }, { reasoning: { effort: 'none' } }],
  ['service_tier auto', { service_tier: 'auto' }, { service_tier: undefined }],
  ['service_tier flex', { service_tier: 'flex' }, { service_tier: undefined }, 'service_tier'],
  ['prompt_cache_key', { prompt_cache_key: 'mine' }, { prompt_cache_key: 'mine' }],
  [
    'n, stop and max_tokens stay here',
    { n: 1, stop: 'x', max_tokens: 100 },
    { n: undefined, stop: undefined, max_tokens: undefined, max_output_tokens: undefined },
  ],
  ['modalities text', { modalities: ['text'] }, { modalities: undefined }],
  [
    'what the backend does not take is dropped and named',
    {
      temperature: 1,
      top_p: 1,
      presence_penalty: 0,
      frequency_penalty: 0,
      logit_bias: { 1: 1 },
      seed: 1,
      user: 'u',
      metadata: { a: 'b' },
      store: true,
      safety_identifier: 's',
      prompt_cache_retention: '24h',
      prediction: { type: 'content', content: 'x' },
      logprobs: true,
      top_logprobs: 2,
      my_own: 1,
    },
    { temperature: undefined, store: false },
    'frequency_penalty, logit_bias, logprobs, metadata, my_own, prediction, presence_penalty, prompt_cache_retention, safety_identifier, seed, store, temperature, top_logprobs, top_p, user',
  ],
];

for (const [name, fields, expected, ignored] of fieldRows) {
  test(`fields: ${name}`, async (t) => {
    const h = await createHarness(t);
    const answer = await post(h, fields);
    await read(answer);
    const body = h.upstream.last.body;
    for (const [key, value] of Object.entries(expected)) assert.deepEqual(body[key], value, key);
    assert.equal(answer.headers.get('x-opencompat-ignored')?.split(', ').sort().join(', '), ignored);
  });
}

test('fields: service_tier fast and priority, as soon as the account has said that the model has them', async (t) => {
  const h = await createHarness(t, { models: [createFakeModel('gpt-5.5', { isFast: true })] });
  await send(h, {});
  while ((await send(h, { service_tier: 'fast' })).service_tier !== 'priority') await setTimeout(5);
  assert.equal((await send(h, { service_tier: 'priority' })).service_tier, 'priority');
  assert.equal('service_tier' in (await send(h, { service_tier: 'scale' })), false);
});

test('fields: JSON mode leaves the word JSON where the backend looks for it', async (t) => {
  const h = await createHarness(t);
  const messages = [{ role: 'system', content: 'Answer in JSON.' }, user];
  const body = await send(h, { messages, response_format: { type: 'json_object' } });
  assert.deepEqual(body.text.format, { type: 'json_object' });
  assert.deepEqual(body.input, [item('developer', input('Answer in JSON.')), userItem]);
});

const refusedRows: [name: string, fields: object, param: string, code: string][] = [
  ['no messages', { messages: [] }, 'messages', 'empty_array'],
  [
    'audio in',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'input_audio', input_audio: { data: '', format: 'wav' } },
          ],
        },
      ],
    },
    'messages',
    'unsupported_value',
  ],
  [
    'audio out',
    { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } },
    'modalities',
    'unsupported_parameter',
  ],
  [
    'an uploaded file',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
    'messages[0].content[0].file.file_id',
    'unsupported_parameter',
  ],
  ['a hosted tool', { tools: [functionTool, { type: 'code_interpreter' }] }, 'tools[1].type', 'tool_not_supported'],
  [
    'an output without its call',
    { messages: [user, { role: 'tool', tool_call_id: 'call_x', content: '' }] },
    'messages[1].tool_call_id',
    'invalid_value',
  ],
  ['a temperature in words', { temperature: 'x' }, 'temperature', 'invalid_type'],
  ['more choices than are allowed', { n: 100 }, 'n', 'integer_above_max_value'],
  [
    'an unknown part',
    { messages: [user, { role: 'user', content: [{ type: 'picture' }] }] },
    'messages[1].content[0].type',
    'invalid_value',
  ],
  [
    'a bad schema name',
    { response_format: { type: 'json_schema', json_schema: { name: 'a b', schema: {} } } },
    'response_format.json_schema.name',
    'invalid_value',
  ],
];

for (const [name, fields, param, code] of refusedRows) {
  test(`refused with its place: ${name}`, async (t) => {
    const h = await createHarness(t);
    for (const stream of [false, true]) {
      const answer = await post(h, { ...fields, stream });
      const { error } = (await answer.json()) as { error: Body };
      assert.deepEqual(
        [answer.status, error.type, error.param, error.code],
        [400, 'invalid_request_error', param, code],
        error.message,
      );
    }
    assert.equal(h.upstream.requests.length, 0);
  });
}

const strict = (schema: object) => ({ type: 'json_schema', json_schema: { name: 'a', strict: true, schema } });
const looseObject = { type: 'object', properties: {} };
const image = (url: string) => ({ role: 'user', content: [{ type: 'image_url', image_url: { url } }] });

const refusedUpstreamRows: [name: string, fields: object, param: string][] = [
  ['a loose schema', { response_format: strict(looseObject) }, 'response_format.json_schema.schema'],
  ['JSON mode without the word JSON', { response_format: { type: 'json_object' } }, 'messages'],
  ['an image that is not encrypted on its way', { messages: [image('http://example.com/a.png')] }, 'messages'],
  ['an image that only ChatGPT’s own clients know', { messages: [image('sediment://a')] }, 'messages'],
  [
    'a strict function with a loose schema',
    { tools: [{ type: 'function', function: { name: 'f', strict: true, parameters: looseObject } }] },
    'tools[0].function.parameters',
  ],
];

for (const [name, fields, param] of refusedUpstreamRows) {
  test(`refused by the backend, in the words of this API: ${name}`, async (t) => {
    const h = await createHarness(t);
    const answer = await post(h, fields);
    const { error } = (await answer.json()) as { error: Body };
    assert.deepEqual([answer.status, error.type, error.param], [400, 'invalid_request_error', param], error.message);
  });
}

test('efforts: every model takes what it is asked for, or the nearest that it has', async (t) => {
  const models = fallbackModels.map(({ id, efforts, defaultEffort, isHidden }) =>
    createFakeModel(id, { efforts, defaultEffort, isHidden }),
  );
  const h = await createHarness(t, { models });
  for (const { id, efforts } of fallbackModels) {
    const strongest = efforts.includes('max') ? 'max' : 'xhigh';
    const weakest = efforts.includes('none') ? 'none' : 'low';
    const expected = { none: weakest, minimal: 'low', low: 'low', medium: 'medium', high: 'high', xhigh: 'xhigh' };
    for (const [asked, sent] of Object.entries({ ...expected, max: strongest, ultra: strongest })) {
      const byField = await send(h, { model: id, reasoning_effort: asked });
      assert.equal(byField.reasoning.effort, sent, `${id} ${asked}`);
      const bySuffix = await send(h, { model: `${id}-${asked}`, reasoning_effort: 'medium' });
      assert.deepEqual([bySuffix.model, bySuffix.reasoning.effort], [id, sent], `${id}-${asked}`);
    }
  }
});

test('defaults: the name’s suffix outweighs the field, the field the configuration; headers the fields', async (t) => {
  const config = { reasoningEffort: 'high', reasoningSummary: 'concise', textVerbosity: 'low' } as const;
  const h = await createHarness(t, { config });
  const plain = await send(h, {});
  assert.deepEqual([plain.reasoning, plain.text], [{ effort: 'high', summary: 'concise' }, { verbosity: 'low' }]);
  assert.equal((await send(h, { reasoning_effort: 'low' })).reasoning.effort, 'low');
  assert.equal((await send(h, { model: 'gpt-5.5-xhigh', reasoning_effort: 'low' })).reasoning.effort, 'xhigh');

  const headers = { 'X-Reasoning-Summary': 'detailed', 'X-Text-Verbosity': 'high' };
  const told = await send(h, { verbosity: 'medium', reasoning: { summary: 'auto' } }, headers);
  assert.deepEqual([told.reasoning.summary, told.text.verbosity], ['detailed', 'high']);
  assert.equal('summary' in (await send(h, {}, { 'X-Reasoning-Summary': 'none' })).reasoning, false);
  for (const name of ['X-Reasoning-Summary', 'X-Text-Verbosity', 'X-Reasoning-Compat']) {
    const answer = await post(h, {}, { [name]: 'loud' });
    const { error } = (await answer.json()) as { error: Body };
    assert.deepEqual([answer.status, error.param], [400, name]);
  }
});

test('a conversation keeps its cache key while it grows; others, and other clients, have their own', async (t) => {
  const h = await createHarness(t, { config: { apiKeys: ['key-of-ann', 'key-of-bob'] } });
  const ann = { authorization: 'Bearer key-of-ann' };
  const system = { role: 'system', content: 'Be brief.' };
  const first = await send(h, { messages: [system, user] }, ann);
  const answer = { role: 'assistant', content: defaultText };
  const second = await send(h, { messages: [system, user, answer, { role: 'user', content: 'More' }] }, ann);
  assert.equal(second.prompt_cache_key, first.prompt_cache_key);
  assert.equal(h.upstream.last.headers['session-id'], first.prompt_cache_key);
  const others = [
    await send(h, { messages: [system, { role: 'user', content: 'Else' }] }, ann),
    await send(h, { messages: [{ role: 'system', content: 'Be long.' }, user] }, ann),
    await send(h, { messages: [system, user] }, { authorization: 'Bearer key-of-bob' }),
  ];
  assert.equal(new Set([first, ...others].map((body) => body.prompt_cache_key)).size, 4);
});

test('nothing of the client’s own headers goes upstream', async (t) => {
  const h = await createHarness(t, { apiKey: 'a-client-key' });
  await send(
    h,
    {},
    { cookie: 'a=b', 'x-stainless-lang': 'js', 'openai-organization': 'org', 'x-forwarded-for': '1.2.3.4' },
  );
  const { headers } = h.upstream.last;
  for (const name of ['cookie', 'x-stainless-lang', 'openai-organization', 'x-forwarded-for']) {
    assert.equal(headers[name], undefined, name);
  }
  assert.equal(headers.authorization, `Bearer ${h.upstream.account.tokens.accessToken}`);
  assert.equal(headers['chatgpt-account-id'], h.upstream.account.accountId);
  assert.equal(headers.accept, 'text/event-stream');
  assert.match(headers['user-agent']!, /^[\w-]+\/[\d.]+ \(/);
});

test('a backend that insists on Codex’s instructions gets them, and is not asked again', async (t) => {
  const h = await createHarness(t);
  const messages = [{ role: 'system', content: 'Be brief.' }, user];
  h.upstream.refuse(400, { detail: 'Instructions are not valid' });
  const amended = await send(h, { messages });
  assert.equal(h.upstream.requests.length, 2);
  assert.equal(h.upstream.requests[0]!.body.instructions, 'Be brief.');
  assert.deepEqual(amended.input, [item('developer', input('Be brief.')), userItem]);
  assert.notEqual(amended.instructions, 'Be brief.');
  assert.ok(amended.instructions.length > 200);

  assert.equal((await send(h, { messages })).instructions, amended.instructions);
  assert.equal(h.upstream.requests.length, 3);
  assert.equal((await send(h, { messages, model: 'gpt-5.4' })).instructions, 'Be brief.');
});

// Answers

const thoughts: ScriptedItem[] = [{ reasoning: ['First.', 'Second.'] }, { text: 'Done.' }];

const reasoningRows: Record<(typeof reasoningCompats)[number], Body> = {
  none: {},
  'think-tags': { content: '<think>First.\nSecond.</think>Done.' },
  o3: { reasoning: { content: [{ type: 'text', text: 'First.\nSecond.' }] } },
  legacy: { reasoning_summary: 'First.\n\nSecond.', reasoning: 'First.\n\nSecond.' },
  reasoning_content: { reasoning_content: 'First.\n\nSecond.' },
  reasoning: {
    reasoning: 'First.\n\nSecond.',
    reasoning_details: [{ type: 'reasoning.summary', summary: 'First.\n\nSecond.' }],
  },
};

for (const mode of reasoningCompats) {
  test(`reasoning as ${mode}, by header and by configuration`, async (t) => {
    const expected = { role: 'assistant', content: 'Done.', refusal: null, annotations: [], ...reasoningRows[mode] };
    const byHeader = await createHarness(t);
    const headers = { 'X-Reasoning-Compat': mode };
    assert.deepEqual((await askBoth(byHeader, thoughts, {}, { headers })).message, expected);
    const byConfig = await createHarness(t, { env: { OPENCOMPAT_REASONING_COMPAT: mode } });
    assert.deepEqual((await askBoth(byConfig, thoughts)).message, expected);
  });
}

test('think tags close before a tool call, and at the end of an answer that only thinks', async (t) => {
  const h = await createHarness(t);
  const options = { headers: { 'X-Reasoning-Compat': 'think-tags' } };
  const calling = await askBoth(h, [{ reasoning: ['Hm.'] }, { call: 'get_time', arguments: {} }], {}, options);
  assert.equal(calling.message.content, '<think>Hm.</think>');
  assert.equal(calling.finish_reason, 'tool_calls');
  assert.equal((await askBoth(h, [{ reasoning: ['Hm.'] }], {}, options)).message.content, '<think>Hm.</think>');
});

const answerRows: [name: string, script: ScriptedItem[], body: object, expected: Body, options?: ScriptOptions][] = [
  ['text', [{ text: 'Hi' }], {}, { content: 'Hi', finish_reason: 'stop' }],
  ['nothing', [], {}, { content: '', finish_reason: 'stop' }],
  ['a refusal', [{ refusal: 'No.' }], {}, { content: null, refusal: 'No.', finish_reason: 'stop' }],
  [
    'commentary and final answer',
    [
      { text: 'Looking. ', phase: 'commentary' },
      { text: 'Found.', phase: 'final_answer' },
    ],
    {},
    { content: 'Looking. Found.', finish_reason: 'stop' },
  ],
  [
    'parallel calls behind reasoning and text: indexes from 0, ids of the calls',
    [{ reasoning: ['Hm.'] }, { text: 'Two.' }, { call: 'a', arguments: { x: 1 } }, { custom: 'b', input: 'y' }],
    {},
    {
      content: 'Two.',
      tool_calls: [
        { id: 'call_fake_2', type: 'function', function: { name: 'a', arguments: '{"x":1}' } },
        { id: 'call_fake_3', type: 'custom', custom: { name: 'b', input: 'y' } },
      ],
      finish_reason: 'tool_calls',
    },
  ],
  [
    'only a call',
    [{ call: 'a', arguments: '' }],
    {},
    {
      content: null,
      tool_calls: [{ id: 'call_fake_0', type: 'function', function: { name: 'a', arguments: '' } }],
      finish_reason: 'tool_calls',
    },
  ],
  [
    'a legacy function call',
    [{ call: 'get_time', arguments: { zone: 'CET' } }],
    { functions: [functionTool.function] },
    { content: null, function_call: { name: 'get_time', arguments: '{"zone":"CET"}' }, finish_reason: 'function_call' },
  ],
  [
    'incomplete for length',
    [{ text: 'So' }],
    {},
    { content: 'So', finish_reason: 'length' },
    { end: { incomplete: 'max_output_tokens' } },
  ],
  [
    'incomplete for its content',
    [{ text: 'So' }],
    {},
    { content: 'So', finish_reason: 'content_filter' },
    { end: { incomplete: 'content_filter' } },
  ],
  ['cut at a stop sequence', [{ text: 'one, two, three' }], { stop: ', t' }, { content: 'one', finish_reason: 'stop' }],
  [
    'cut at the earliest stop sequence, across messages',
    [{ text: 'one EN' }, { text: 'D two' }],
    { stop: ['two', 'END'] },
    { content: 'one ', finish_reason: 'stop' },
  ],
  [
    'a stop sequence does not look into calls',
    [{ text: 'one' }, { call: 'a', arguments: { x: 'STOP' } }],
    { stop: 'STOP' },
    {
      content: 'one',
      tool_calls: [{ id: 'call_fake_1', type: 'function', function: { name: 'a', arguments: '{"x":"STOP"}' } }],
      finish_reason: 'tool_calls',
    },
  ],
  [
    'cut at max_tokens',
    [{ text: 'one two three four' }],
    { max_tokens: 2 },
    { content: 'one two', finish_reason: 'length' },
  ],
  [
    'max_completion_tokens outweighs max_tokens',
    [{ text: 'one two three four' }],
    { max_tokens: 1, max_completion_tokens: 2 },
    { content: 'one two', finish_reason: 'length' },
  ],
  ['max_tokens that suffices', [{ text: 'one two' }], { max_tokens: 2 }, { content: 'one two', finish_reason: 'stop' }],
];

for (const [name, script, body, { finish_reason, ...message }, options] of answerRows) {
  test(`answer: ${name}`, async (t) => {
    const h = await createHarness(t);
    const choice = await askBoth(h, script, body, { options, headers: { 'X-Reasoning-Compat': 'none' } });
    const expected = { role: 'assistant', refusal: null, annotations: [], ...message };
    assert.deepEqual(choice, { index: 0, message: expected, logprobs: null, finish_reason });
  });
}

test('answer: max_tokens counts the arguments of calls, and cuts inside them', async (t) => {
  const h = await createHarness(t);
  const script = [{ text: 'one' }, { call: 'a', arguments: { text: 'two three four five six' } }];
  const { message, finish_reason } = await askBoth(h, script, { max_tokens: 5 });
  const [{ function: called }] = message.tool_calls as [{ function: { arguments: string } }];
  assert.equal(finish_reason, 'length');
  assert.equal(message.content, 'one');
  assert.ok(called.arguments.length > 0 && '{"text":"two three four five six"}'.startsWith(called.arguments));
});

test('answer: usage is exact, with what was cached and what was thought', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('Hi', { usage: { ...fakeUsage, input_tokens_details: { cached_tokens: 7 } } }));
  const { usage, service_tier, ...rest } = await askWhole(h, {});
  assert.deepEqual(usage, {
    prompt_tokens: 21,
    completion_tokens: 13,
    total_tokens: 34,
    prompt_tokens_details: { cached_tokens: 7, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 5,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  });
  assert.equal(service_tier, 'default');
  assert.deepEqual([rest.object, rest.model, rest.system_fingerprint], ['chat.completion', 'gpt-5.5', null]);
  assert.match(rest.id, /^chatcmpl-[\w-]+$/);
  assert.ok(Math.abs(rest.created - Date.now() / 1000) < 60);
});

test('answer: without include_usage no chunk speaks of usage, and the model is named as the client did', async (t) => {
  const h = await createHarness(t, { config: { aliases: { best: 'gpt-5.5-high' } } });
  const wire = await read(await post(h, { model: 'best', stream: true }));
  assert.doesNotMatch(wire, /usage/);
  assert.equal(checkChatStream(wire).model, 'best');
  assert.equal(h.upstream.last.body.reasoning.effort, 'high');
});

test('answer: choices are interleaved by index, each cut at its own stop sequence, their usage added up', async (t) => {
  const h = await createHarness(t);
  const texts = ['one STOP x', 'two', 'three STOP y'];
  for (const text of texts) h.upstream.reply(scriptAnswer(text), { splitEveryBytes: 64, delayMs: 1 });
  const body = { n: 3, stop: 'STOP', stream_options: { include_usage: true } };
  const wire = await read(await post(h, { ...body, stream: true }));
  const { choices, usage } = checkChatStream(wire, { choices: 3, hasUsage: true });
  assert.deepEqual(choices.map(({ message }) => message.content).sort(), ['one ', 'three ', 'two']);
  assert.deepEqual(new Set(choices.map(({ finish_reason }) => finish_reason)), new Set(['stop']));
  const { prompt_tokens, completion_tokens, total_tokens } = usage as Record<string, number>;
  assert.ok(prompt_tokens! > 0 && completion_tokens! > fakeUsage.output_tokens);
  assert.equal(total_tokens, prompt_tokens! + completion_tokens!);
  const order = [...wire.matchAll(/"choices":\[\{"index":(\d)/g)].map(([, index]) => index).join('');
  assert.doesNotMatch(order, /^0*1*2*$/, 'no choice waits for another one to end');
  assert.equal(h.upstream.requests.length, 3);
  assert.equal(new Set(h.upstream.requests.map((request) => JSON.stringify(request.body))).size, 1);
});

test('answer: a finished item that repeats nothing of its text loses none of it', async (t) => {
  const h = await createHarness(t);
  const events = scriptAnswer('Hi').map((event) =>
    event.type === 'response.output_item.done' ? { ...event, item: { type: 'message', id: 'msg_1' } } : event,
  );
  for (const limits of [{}, { stop: 'x' }, { max_tokens: 100 }]) {
    h.upstream.reply(events);
    assert.equal((await askWhole(h, limits)).choices[0]!.message.content, 'Hi');
  }
});

const malformedEvents: { type: string; [key: string]: unknown }[] = [
  { type: 'response.output_item.added', output_index: 0, item: null },
  { type: 'response.output_item.done', output_index: 0 },
  { type: 'response.completed', response: null },
  { type: 'response.incomplete' },
];

for (const event of malformedEvents) {
  test(`a malformed ${event.type} is the upstream’s fault, and says so`, async (t) => {
    const h = await createHarness(t);
    for (const stream of [false, true]) {
      h.upstream.reply([event]);
      const answer = await post(h, { stream, stop: 'x' });
      const { error } = (await answer.json()) as { error: Body };
      assert.deepEqual([answer.status, error.code], [502, 'upstream_invalid_response']);
    }
  });
}

test('round trip: legacy functions', async (t) => {
  const h = await createHarness(t);
  const body = { functions: [functionTool.function], messages: [user] as object[] };
  const { message } = (await askWhole(h, body)).choices[0]!;
  body.messages.push(message, { role: 'function', name: 'get_time', content: 'noon' });
  assert.equal((await askWhole(h, body)).choices[0]!.message.content, 'The tools answered: noon.');
});

test('round trip: a custom tool among those allowed', async (t) => {
  const h = await createHarness(t);
  const allowed = { mode: 'auto', tools: [{ type: 'custom', custom: { name: 'write' } }] };
  const body = {
    tools: [functionTool, customTool],
    tool_choice: { type: 'allowed_tools', allowed_tools: allowed },
    messages: [user] as object[],
  };
  const { message } = (await askStreamed(h, body)).choices[0]!;
  const [made] = message.tool_calls as [{ id: string }];
  assert.deepEqual(made, { id: made.id, type: 'custom', custom: { name: 'write', input: 'input of write' } });
  body.messages.push(message, { role: 'tool', tool_call_id: made.id, content: 'written' });
  assert.equal((await askWhole(h, body)).choices[0]!.message.content, 'The tools answered: written.');
});
