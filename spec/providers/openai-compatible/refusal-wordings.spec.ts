/** Each server refuses a field in words and in a form of its own: whichever they are, the request is asked again without it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAiCompatibleError } from '../../../lib/providers/openai-compatible/errors.ts';
import { readRefusedFields } from '../../../lib/providers/refused-fields.ts';
import { createBoxHarness, hello, post } from '../../support/box-harness.ts';

type Say = (field: string) => [status: number, body: unknown];

const openAi = (message: string, rest: object = {}) => ({ error: { message, type: 'invalid_request_error', ...rest } });
const forbidden = (field: string) => ({
  type: 'extra_forbidden',
  loc: ['body', field],
  msg: 'Extra inputs are not permitted',
});

/** As servers in use write it (seen 2026). */
const wordings: Record<string, Say> = {
  OpenAI: (field) => [
    400,
    openAi(`Unsupported parameter: '${field}' is not supported with this model.`, { code: 'unsupported_parameter' }),
  ],
  'OpenAI before 2025, Azure': (field) => [400, openAi(`Unrecognized request argument supplied: ${field}`)],
  FastAPI: (field) => [422, { detail: [{ ...forbidden(field), input: 5 }] }],
  'vLLM, of pydantic': (field) => [
    400,
    openAi(
      `1 validation error for ChatCompletionRequest\n${field}\n  Extra inputs are not permitted [type=extra_forbidden, input_value='low', input_type=str]`,
      { code: 400 },
    ),
  ],
  Mistral: (field) => [
    422,
    { object: 'error', message: { detail: [forbidden(field)] }, type: 'invalid_request_error' },
  ],
  Groq: (field) => [400, openAi(`property '${field}' is unsupported`)],
  Together: (field) => [400, openAi(`Input validation error: unknown field ${field}`)],
  Fireworks: (field) => [400, openAi(`Extra inputs are not permitted, field: '${field}', value: 1`)],
  'a server in Rust': (field) => [
    422,
    `Failed to deserialize the JSON body: unknown field \`${field}\`, expected one of \`model\``,
  ],
  'a server in Go': (field) => [400, { error: `json: unknown field "${field}"` }],
  'llama.cpp': (field) => [400, openAi(`Unsupported param: ${field}`, { code: 400 })],
  'llama.cpp, as not implemented': (field) => [501, openAi(`This server does not support ${field}.`, { code: 501 })],
  'Gemini, in a list': (field) => [
    400,
    [{ error: { code: 400, message: `Invalid JSON payload received. Unknown name "${field}": Cannot find field.` } }],
  ],
  Moonshot: (field) => [400, openAi(`Invalid request: ${field} is not allowed for this model`)],
  xAI: (field) => [
    400,
    { code: 'Client specified an invalid argument', error: `Argument not supported on this model: ${field}` },
  ],
  Perplexity: (field) => [400, openAi(`["At body -> ${field}: Extra inputs are not permitted"]`, { code: 400 })],
  Bedrock: (field) => [400, { message: `Malformed input request: #: extraneous key [${field}] is not permitted` }],
  zod: (field) => [
    400,
    { error: { name: 'ZodError', issues: [{ message: `Unrecognized key(s) in object: '${field}'` }] } },
  ],
  'a list of sentences': (field) => [400, { error: [`${field} is not a supported parameter`] }],
  'a function of Python': (field) => [500, openAi(`create() got an unexpected keyword argument '${field}'`)],
  OpenRouter: (field) => [
    400,
    {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: { raw: JSON.stringify(openAi(`Unsupported parameter: '${field}' is not supported`)) },
      },
    },
  ],
};

/** One of several words, and words of English. */
const fields = ['parallel_tool_calls', 'reasoning_effort', 'seed', 'user', 'stop'];

for (const [server, say] of Object.entries(wordings)) {
  test(`the field that ${server} refuses is found in its words`, () => {
    for (const field of fields) {
      const [status, body] = say(field);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const error = openAiCompatibleError('Box', status, {}, text);
      const sent = { model: 'm', messages: [], ...Object.fromEntries(fields.map((name) => [name, 1])) };
      assert.deepEqual(readRefusedFields(error, sent), { fields: [field] }, error.message);
      if (status < 500 || status === 501) assert.ok(error.status < 500, 'clients do not ask again');
    }
  });
}

test('an English word in a refusal is no field', () => {
  for (const message of [
    'The user is not allowed to use this model',
    'User is not authorized: this organization does not support it',
    'Please stop sending unsupported images',
    'This model does not support images. Use store or seed to cache.',
  ]) {
    const error = openAiCompatibleError('Box', 400, {}, JSON.stringify(openAi(message)));
    assert.equal(readRefusedFields(error, { user: 'x', stop: ['x'], store: true, seed: 1 }), undefined, message);
  }
});

test('codes and types that every object has are no codes', () => {
  const odd: unknown[] = ['__proto__', 'constructor', 'toString', {}, [400], { toString: null }];
  for (const code of odd) {
    const body = JSON.stringify({ error: { message: 'No.', code, type: code, param: code, status: code } });
    assert.equal(openAiCompatibleError('Box', 400, {}, body).code, 'OC_UPSTREAM_BAD_REQUEST', body);
    assert.equal(openAiCompatibleError('Box', 500, {}, body).code, 'OC_UPSTREAM_ERROR', body);
  }
});

test('a message in objects without end is read to a bounded depth', () => {
  const body = `${'{"message":'.repeat(5000)}"deep"${'}'.repeat(5000)}`;
  assert.equal(openAiCompatibleError('Box', 400, {}, body).code, 'OC_UPSTREAM_BAD_REQUEST');
});

const refused = openAi("Unsupported parameter: 'top_k' is not supported with this model.", { code: 400 });

for (const stream of [true, false]) {
  for (const path of ['/v1/chat/completions', '/v1/messages']) {
    test(`a refusal under a status of success is avoided as well (${path}, stream: ${stream})`, async (t) => {
      const h = await createBoxHarness(t, { fake: { takes: 'everything' } });
      if (stream) h.box.reply([refused]);
      else h.box.refuse(200, refused);
      const asked = { top_k: 5, max_tokens: 50 };
      const body = { model: 'fake-model', messages: hello, ...asked, stream };
      const answer = await post(h, path, body);
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /Hello/);
      assert.equal(h.box.requests.length, 2);
      assert.ok(h.box.requests[0]!.body.top_k);
      assert.equal(h.box.last.body.top_k, undefined);
    });
  }
}

test('a refusal under a status of success that nothing avoids reaches the client with its status', async (t) => {
  const h = await createBoxHarness(t, { fake: { takes: 'everything' } });
  const limits = [
    [400, 400],
    [429, 429],
    [503, 503],
  ] as const;
  for (const [code, status] of limits) {
    h.box.reply([{ error: { message: 'It is too much.', code } }]);
    const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello, stream: true });
    assert.equal(answer.status, status, await answer.text());
  }
  assert.equal(h.box.requests.length, 3);
});

test('a server that wants no last word of the assistant: the user asks to go on, from then on at once', async (t) => {
  const h = await createBoxHarness(t, { fake: { takes: 'everything' } });
  h.box.refuse(400, {
    object: 'error',
    message: 'Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant',
    code: '3230',
  });
  const begun = { role: 'assistant', content: 'Once upon' };
  for (const requests of [2, 3]) {
    const answer = await post(h, '/v1/messages', { model: 'fake-model', max_tokens: 50, messages: [...hello, begun] });
    assert.equal(answer.status, 200, await answer.text());
    assert.deepEqual(h.box.last.body.messages, [...hello, begun, { role: 'user', content: '(Go on.)' }]);
    assert.equal(h.box.requests.length, requests);
  }
  const prefixed = [...hello, { ...begun, prefix: true }];
  await post(h, '/v1/chat/completions', { model: 'fake-model', messages: prefixed });
  assert.deepEqual(h.box.last.body.messages, prefixed);
});

test('a fault of the client is told by the names of its own API, also where a translation stumbles over it', async (t) => {
  const h = await createBoxHarness(t);
  const call = { type: 'tool_use', id: 'a', name: 'f', input: {} };
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'x' }] };
  const messages = [...hello, { role: 'assistant', content: [call] }, result, result];
  const answer = await post(h, '/v1/messages', { model: 'fake-model', max_tokens: 50, messages });
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /Invalid 'messages\[3\]\.content\[0\]\.tool_use_id'/);
});

test('empty parts of a message go to no server', async (t) => {
  const h = await createBoxHarness(t);
  const part = (text: string) => ({ type: 'input_text', text });
  const input = [{ role: 'user', content: [part(''), part('Hello'), part(''), part('there')] }];
  assert.equal((await post(h, '/v1/responses', { model: 'fake-model', input })).status, 200);
  assert.deepEqual(h.box.last.body.messages, [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hello' },
        { type: 'text', text: 'there' },
      ],
    },
  ]);
});

test('a tool whose schema is none does not fail the request, whichever API the client speaks', async (t) => {
  const h = await createBoxHarness(t);
  const parameters = { type: 'object', properties: {} };
  for (const schema of [true, [], 'object', 5]) {
    const bodies: [string, object][] = [
      ['/v1/responses', { input: 'Hello', tools: [{ type: 'function', name: 'f', parameters: schema }] }],
      ['/v1/messages', { max_tokens: 50, messages: hello, tools: [{ name: 'f', input_schema: schema }] }],
      ['/api/chat', { messages: hello, tools: [{ type: 'function', function: { name: 'f', parameters: schema } }] }],
    ];
    for (const [path, body] of bodies) {
      const answer = await post(h, path, { model: 'fake-model', stream: false, ...body });
      assert.equal(answer.status, 200, `${path}: ${await answer.text()}`);
      const tools = h.box.last.body.tools as { function: object }[];
      assert.deepEqual(tools[0]!.function, { name: 'f', parameters });
    }
  }
});

test('a server that asks for a key where none is configured: what is missing is told', async (t) => {
  for (const [settings, told] of [
    [{}, /asks for a key, and this server has none .* set `apiKey`/],
    [{ apiKey: 'another' }, /refused the key .* check `apiKey`/],
    [{ headers: { 'x-key': 'another' } }, /refused the key .* check `apiKey`/],
  ] as const) {
    const h = await createBoxHarness(t, {
      fake: { apiKey: 'right' },
      settings: { models: ['fake-model'], ...settings },
    });
    const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello });
    assert.equal(answer.status, 502);
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    assert.equal(error.code, 'upstream_key_refused');
    assert.match(error.message, told);
  }
});

test('a page instead of an answer: the base URL leads elsewhere, streamed or not, in every API', async (t) => {
  const h = await createBoxHarness(t);
  for (const path of ['/v1/chat/completions', '/v1/messages']) {
    for (const stream of [false, true]) {
      h.box.refuse(200, '<!doctype html><html>A chat for the browser</html>', { 'content-type': 'text/html' });
      const answer = await post(h, path, { model: 'fake-model', messages: hello, max_tokens: 50, stream });
      assert.equal(answer.status, 502);
      assert.match(await answer.text(), /check the proxy settings, the base URL/);
    }
  }
});

test('a name of a tool is refused for its form or its length', () => {
  for (const message of [
    "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64, but got a string with length 200 instead.",
    'Function name was a.b but must be a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of 64.',
    'tools.0.custom.name: String should have at most 64 characters',
  ]) {
    const error = openAiCompatibleError('box', 400, {}, JSON.stringify(openAi(message)));
    assert.deepEqual(readRefusedFields(error)?.fields, ['names'], message);
  }
});
