/** Chat with an OpenAI-compatible server through the whole of this one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type OpenAI from 'openai';
import { APIError } from 'openai';
import { defineMiddleware } from '../../../lib/chain/middleware.ts';
import { collect } from '../../clients/collect.ts';
import { createBoxHarness, hello, post, startFake } from '../../support/box-harness.ts';
import { fakeChatText, scriptChunks } from '../../support/fake-openai-server.ts';
import { fakeChatUsage } from '../../support/scripted-forms.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/chat/${name}`, import.meta.url));

/** Asks to see the events, so that nothing can be passed on unread. */
const onlooker = defineMiddleware({
  name: 'onlooker',
  create: () => (req, _res, next) => {
    req.exchange.onEvent((event, emit) => emit(event));
    next();
  },
});
/** Asks to see the request. */
const reader = defineMiddleware({
  name: 'reader',
  create: () => (req, _res, next) => {
    void req.exchange.request.input;
    next();
  },
});

test('a stream is passed on byte for byte, however it is split', async (t) => {
  const h = await createBoxHarness(t);
  for (const splitEveryBytes of [1, 7, 1000]) {
    h.box.reply('text.sse', { splitEveryBytes });
    const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello, stream: true });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    assert.equal(answer.headers.get('x-accel-buffering'), 'no');
    assert.equal(answer.headers.get('x-opencompat-model'), 'box/fake-model');
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), fixture('text.sse'));
  }
});

test('an answer that is not streamed is passed on byte for byte', async (t) => {
  const h = await createBoxHarness(t);
  const text =
    '{ "id":"x", "object":"chat.completion","odd":[1, 2],"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}';
  h.box.refuse(200, text, { 'content-type': 'application/json' });
  const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello });
  assert.equal(await answer.text(), text);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  const line = h.logs.find(({ path }) => path === '/v1/chat/completions');
  assert.equal(line?.output_tokens ?? line?.tokens_out, 1, JSON.stringify(line));
});

test('the request goes as it was written, unknown fields too, but for the model', async (t) => {
  const h = await createBoxHarness(t, { fake: { takes: ['min_p', 'chat_template_kwargs'] } });
  const body = {
    messages: hello,
    min_p: 0.1,
    chat_template_kwargs: { enable_thinking: false },
    n: 2,
    seed: 7,
    logit_bias: { 5: -1 },
    stop: ['END'],
    max_tokens: 5,
    stream: true,
  };
  const answer = await post(h, '/v1/chat/completions', { ...body, model: 'box/fake-model' });
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.equal(answer.headers.get('x-opencompat-ignored'), null);
  assert.deepEqual(h.box.last.body, { ...body, model: 'fake-model' });
  assert.equal(h.box.requests.length, 1);
});

test('what the SDK parsed into an answer does not go back to the server', async (t) => {
  const h = await createBoxHarness(t);
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
  const answers = [
    { role: 'assistant', content: '{"b":2}' },
    { role: 'assistant', content: [{ type: 'text', text: 'Wait.' }], tool_calls: [call] },
  ];
  const result = { role: 'tool', tool_call_id: 'call_1', content: 'ok' };
  const parsed = [
    { ...answers[0], parsed: { b: 2 }, annotations: null },
    {
      ...answers[1],
      tool_calls: [{ ...call, function: { ...call.function, parsed_arguments: { a: 1 } } }],
      parsed: null,
    },
  ];
  const answer = await post(h, '/v1/chat/completions', {
    model: 'fake-model',
    messages: [...hello, ...parsed, result],
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.deepEqual(h.box.last.body.messages, [...hello, ...answers, result]);
});

test('the effort of a name’s suffix goes along', async (t) => {
  const h = await createBoxHarness(t, { fake: { models: ['gpt-oss:20b'] } });
  await post(h, '/v1/chat/completions', { model: 'gpt-oss:20b-high', messages: hello, reasoning_effort: 'low' });
  assert.equal(h.box.last.body.model, 'gpt-oss:20b');
  assert.equal(h.box.last.body.reasoning_effort, 'high');
});

for (const [what, options, headers] of [
  ['a plugin’s transform', { plugins: [onlooker] }, {}],
  ['a plugin that reads the request', { plugins: [reader] }, {}],
  ['a header that shapes the answer', {}, { 'x-reasoning-compat': 'reasoning' }],
  ['a configuration that shapes it', { config: { reasoningCompat: 'think-tags' } }, {}],
] as const) {
  test(`with ${what}, the answer is read and written anew`, async (t) => {
    const h = await createBoxHarness(t, { ...options, fake: { takes: ['min_p'] } });
    const body = { model: 'fake-model', messages: hello, min_p: 0.5, max_tokens: 50 };
    const whole = await post(h, '/v1/chat/completions', body, headers);
    const { id, choices, usage } = (await whole.json()) as OpenAI.ChatCompletion;
    assert.match(id, /^chatcmpl-[0-9a-f]{32}$/);
    assert.equal(choices[0]!.message.content, fakeChatText);
    assert.equal(usage!.total_tokens, fakeChatUsage.total_tokens);
    assert.equal(h.box.last.body.stream, true);
    assert.equal(h.box.last.body.max_tokens, 50);
    assert.equal(h.box.last.body.min_p, 0.5);

    const streamed = await post(h, '/v1/chat/completions', { ...body, stream: true }, headers);
    const text = await streamed.text();
    assert.match(text, /"id":"chatcmpl-[0-9a-f]{32}"/);
    assert.match(text, /\[DONE\]\n\n$/);
  });
}

test('tools, structured output, images and reasoning, with the openai SDK, passed on and read', async (t) => {
  for (const plugins of [[], [onlooker]]) {
    const h = await createBoxHarness(t, { plugins });
    const create = (extra: object) =>
      h.client.chat.completions.create({ model: 'fake-model', messages: hello, stream: true, ...extra });

    h.box.reply('two-calls.sse');
    const tools = [
      { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } },
    ];
    const runner = h.client.chat.completions.stream({ model: 'fake-model', messages: hello, tools } as never);
    const { tool_calls: calls } = (await runner.finalChatCompletion()).choices[0]!.message;
    assert.equal(calls!.length, 2);
    assert.deepEqual(h.box.last.body.tools, tools);
    for (const call of calls!) if (call.type === 'function') JSON.parse(call.function.arguments);

    // The loop goes on with what the tools gave.
    const second = await h.client.chat.completions.create({
      model: 'fake-model',
      messages: [
        ...hello,
        { role: 'assistant', content: null, tool_calls: calls! },
        ...calls!.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'sunny' })),
      ],
    });
    assert.equal(second.choices[0]!.message.content, fakeChatText);
    assert.deepEqual(
      h.box.last.body.messages.map(({ role }: { role: string }) => role),
      ['user', 'assistant', 'tool', 'tool'],
    );

    h.box.reply('reasoning-content.sse');
    const chunks = await collect((await create({})) as never as AsyncIterable<OpenAI.ChatCompletionChunk>);
    const reasoning = chunks.map(
      ({ choices }) => (choices[0]?.delta as { reasoning_content?: string })?.reasoning_content,
    );
    assert.ok(reasoning.join('').length > 0);

    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    h.box.reply(scriptChunks('{"city":"Oslo"}'));
    const format = { type: 'json_schema', json_schema: { name: 'place', schema, strict: true } };
    await collect((await create({ response_format: format })) as never as AsyncIterable<unknown>);
    assert.deepEqual(h.box.last.body.response_format, format);

    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
    await create({ messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, image] }] });
    assert.equal(h.box.last.body.messages[0].content[1].image_url.url, image.image_url.url);
  }
});

test('what was sent upstream: path, key and headers, none of the client’s', async (t) => {
  const h = await createBoxHarness(t, {
    fake: { apiKey: 'sk-upstream-key-1' },
    settings: { apiKey: 'sk-upstream-key-1', headers: { 'X-Title': 'Home', 'User-Agent': 'mine/1' } },
    apiKey: 'client-key',
  });
  await h.client.chat.completions.create({ model: 'fake-model', messages: hello });
  const { headers, path } = h.box.last;
  assert.equal(path, '/v1/chat/completions');
  assert.equal(headers.authorization, 'Bearer sk-upstream-key-1');
  assert.equal(headers['x-title'], 'Home');
  assert.equal(headers['user-agent'], 'mine/1');
  assert.ok(!Object.keys(headers).some((name) => name.startsWith('x-stainless')));
});

for (const [written, path] of [
  ['', '/v1/chat/completions'],
  ['/', '/v1/chat/completions'],
  ['/v1', '/v1/chat/completions'],
  ['/v1/', '/v1/chat/completions'],
  ['/api/openai/', '/api/openai/chat/completions'],
] as const) {
  test(`base URL with the path '${written}'`, async (t) => {
    const paths: (string | undefined)[] = [];
    const server = createServer((req, res) => {
      if (req.method === 'POST') paths.push(req.url);
      res.setHeader('content-type', 'application/json').end('{"choices":[],"data":[]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}${written}`;
    const h = await createBoxHarness(t, { settings: { baseURL } });
    await post(h, '/v1/chat/completions', { model: 'box/any', messages: hello });
    assert.deepEqual(paths, [path]);
  });
}

test('the key from the environment, and OpenAI’s keys without a file', async (t) => {
  const fake = await startFake(t, { apiKey: 'sk-from-env' });
  const h = await createBoxHarness(t, {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the configuration file
    settings: { baseURL: fake.url, apiKey: '${BOX_KEY}' },
    env: { BOX_KEY: 'sk-from-env', OPENCOMPAT_OPENAI_BASE_URL: fake.url, OPENCOMPAT_OPENAI_API_KEY: 'sk-from-env' },
  });
  for (const model of ['box/fake-model', 'openai/fake-model']) {
    const answer = await post(h, '/v1/chat/completions', { model, messages: hello });
    assert.equal(answer.status, 200, await answer.clone().text());
    assert.equal(answer.headers.get('x-opencompat-model'), model);
  }
});

test('a server that quotes the key, or a header, quotes it to nobody', async (t) => {
  const secrets = ['plain-words-as-key', 'another-secret'] as const;
  const h = await createBoxHarness(t, { settings: { apiKey: secrets[0], headers: { 'X-Api-Key': secrets[1] } } });
  const message = `No: ${secrets.join(' and ')} will not do.`;
  for (const [status, body] of [
    [400, { error: { message } }],
    [500, message],
  ] as const) {
    h.box.refuse(status, body);
    const text = await (await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello })).text();
    assert.match(text, /will not do/);
    for (const secret of secrets) assert.ok(!(text + JSON.stringify(h.logs)).includes(secret));
  }
});

const refusals: [what: string, status: number, body: object | string, told: [number, string | null, RegExp]][] = [
  [
    'an error object',
    400,
    { error: { message: "Invalid 'x'.", type: 'invalid_request_error', param: 'x', code: 'invalid_value' } },
    [400, 'invalid_value', /Invalid 'x'/],
  ],
  ['another status', 422, { error: { message: 'Not like this.' } }, [422, null, /Not like this/]],
  ['an error as text (Ollama)', 400, { error: 'invalid message format' }, [400, null, /invalid message format/]],
  [
    'an unknown model (Ollama)',
    404,
    { error: { message: 'model "x" not found, try pulling it first', type: 'api_error' } },
    [404, 'model_not_found', /box does not have this model.*pulling/],
  ],
  [
    'vLLM’s old form',
    400,
    { object: 'error', message: 'min_p must be in [0, 1]', type: 'BadRequestError', param: null, code: 400 },
    [400, null, /min_p must be/],
  ],
  [
    'a prompt too long (vLLM)',
    400,
    { object: 'error', message: "This model's maximum context length is 4096 tokens.", code: 400 },
    [400, 'context_length_exceeded', /maximum context length/],
  ],
  [
    'a prompt too long (llama.cpp)',
    400,
    {
      error: {
        code: 400,
        message: 'the request exceeds the available context size',
        type: 'exceed_context_size_error',
      },
    },
    [400, 'context_length_exceeded', /available context/],
  ],
  ['a sentence (FastAPI)', 400, { detail: 'No such thing' }, [400, null, /No such thing/]],
  [
    'faults (FastAPI)',
    422,
    { detail: [{ loc: ['body', 'messages', 0, 'role'], msg: 'Field required', type: 'missing' }] },
    [422, null, /Field required/],
  ],
  [
    'a wrong key',
    401,
    { error: { message: 'Incorrect API key provided: sk-abc***.', code: 'invalid_api_key' } },
    [502, 'upstream_key_refused', /key of the client is fine/],
  ],
  [
    'a key without rights',
    403,
    { error: { message: 'Your key lacks access.' } },
    [502, 'upstream_key_refused', /refused the key that this server has/],
  ],
  [
    'flagged content (OpenRouter)',
    403,
    { error: { message: 'Your input was flagged', code: 403 } },
    [403, null, /flagged/],
  ],
  [
    'a page of a firewall',
    403,
    '<html><body>Access denied for 10.0.0.1</body></html>',
    [502, 'upstream_blocked', /box refused the connection/],
  ],
  ['nothing at the address', 404, '404 page not found', [502, 'upstream_error', /nothing at this address/]],
  ['a redirect', 302, '', [502, 'upstream_error', /base URL/]],
  [
    'no credit',
    402,
    { error: { message: 'Insufficient credits', code: 402 } },
    [429, 'insufficient_quota', /Insufficient credits/],
  ],
  [
    'too much at once',
    429,
    { error: { message: 'Slow down, please.', code: 429 } },
    [429, 'rate_limit_exceeded', /Slow down/],
  ],
  [
    'spent',
    429,
    { error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' } },
    [429, 'insufficient_quota', /exceeded your current quota/],
  ],
  ['busy', 503, { error: { message: 'Loading model', code: 503 } }, [503, 'server_is_overloaded', /Loading model/]],
  ['a crash, as a page', 500, '<html>nginx</html>', [502, 'upstream_error', /HTTP 500 and no explanation/]],
  [
    'a crash, in words',
    500,
    { error: { message: 'CUDA out of memory', type: 'api_error' } },
    [502, 'upstream_error', /CUDA/],
  ],
  ['too large', 413, 'Request Entity Too Large', [413, null, /Too Large/]],
];
for (const [what, status, body, [expected, code, message]] of refusals) {
  test(`refused upstream: ${what}`, async (t) => {
    const h = await createBoxHarness(t);
    h.box.refuse(status, body, { location: 'https://elsewhere.example/', 'retry-after': '7' });
    const error = await h.client.chat.completions
      .create({ model: 'fake-model', messages: hello, stream: true })
      .catch((thrown: unknown) => thrown);
    assert.ok(error instanceof APIError, String(error));
    assert.equal(error.status, expected, error.message);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /<html|10\.0\.0\.1|sk-abc/);
    if (status === 429 && code === 'rate_limit_exceeded') assert.equal(error.headers!.get('retry-after'), '7');
  });
}

test('an error where the stream should begin is an error with a status, also behind comments', async (t) => {
  const h = await createBoxHarness(t);
  const failure = { error: { message: 'Provider returned error', code: 'rate_limit_exceeded' } };
  for (const answer of [
    `data: ${JSON.stringify(failure)}\n\n`,
    `: PROCESSING\n\n: PROCESSING\n\ndata: ${JSON.stringify(failure)}\n\n`,
  ]) {
    h.box.refuse(200, answer, { 'content-type': 'text/event-stream' });
    const refused = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello, stream: true });
    assert.equal(refused.status, 429, await refused.text());
  }
  h.box.refuse(200, '', { 'content-type': 'text/event-stream' });
  const empty = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello, stream: true });
  assert.equal(empty.status, 502);
  h.box.refuse(200, failure);
  const json = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello });
  assert.equal(json.status, 429);
});

test('a stream that is cut off ends with an error', async (t) => {
  const h = await createBoxHarness(t);
  h.box.reply('text.sse', { cutAfterBytes: 600 });
  const stream = await h.client.chat.completions.create({ model: 'fake-model', messages: hello, stream: true });
  await assert.rejects(collect(stream), /closed the stream before the answer was complete/);
});

test('JSON where a stream was asked for becomes a stream', async (t) => {
  const h = await createBoxHarness(t);
  const message = { role: 'assistant', content: 'All at once.' };
  h.box.refuse(200, { id: 'x', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] });
  const stream = await h.client.chat.completions.create({ model: 'fake-model', messages: hello, stream: true });
  const chunks = await collect(stream);
  assert.equal(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''), 'All at once.');
});

test('the upstream is let go when the client leaves', async (t) => {
  const h = await createBoxHarness(t);
  h.box.reply('text.sse', { pauseAfterBytes: 500 });
  const controller = new AbortController();
  const stream = await h.client.chat.completions.create(
    { model: 'fake-model', messages: hello, stream: true },
    { signal: controller.signal },
  );
  for await (const _chunk of stream) break;
  controller.abort();
  assert.equal(await h.box.last.aborted, true);
});

test('`timeout` is this server’s own longest silence', async (t) => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const baseURL = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const h = await createBoxHarness(t, {
    settings: { timeout: 0.05 },
    providers: { silent: { type: 'openai-compatible', baseURL, timeout: 0.05 } },
  });
  const unanswered = await post(h, '/v1/chat/completions', { model: 'silent/any', messages: hello, stream: true });
  assert.equal(unanswered.status, 504);
  h.box.reply(scriptChunks('one two three'), { pauseAfterBytes: 400 });
  const stalled = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello, stream: true });
  assert.match(await stalled.text(), /upstream_timeout/);
});

test('a server that is not there', async (t) => {
  const gone = await startFake(t);
  await gone.close();
  const h = await createBoxHarness(t, { settings: { baseURL: gone.url } });
  const refused = await post(h, '/v1/chat/completions', { model: 'box/any', messages: hello });
  assert.equal(refused.status, 502);
  assert.match(await refused.text(), /box cannot be reached: the connection was refused/);
  await post(h, '/v1/chat/completions', { model: 'plain', messages: hello });
  const { providers, status } = (await (await h.fetch('/ready')).json()) as {
    status: string;
    providers: Record<string, { ready: boolean; reason?: string }>;
  };
  assert.equal(status, 'ready');
  assert.equal(providers.box!.ready, true);
  assert.match(providers.box!.reason!, /^Its models could not be listed: box cannot be reached/);
});
