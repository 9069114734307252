/** The Ollama API over HTTP: what reaches the backend, what comes back, and everything that clients ask before they ask. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineMiddleware } from '../../../lib/index.ts';
import type { UpstreamAnswer } from '../../../lib/providers/provider.ts';
import {
  createFakeModel,
  createHarness,
  defaultReasoning,
  defaultText,
  fakeUsage,
  type Harness,
  scriptAnswer,
} from '../../support/index.ts';
import { checkOllamaAnswer, checkOllamaStream } from '../../support/ollama-answers.ts';
import { rawRequest } from '../../support/raw-request.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of every shape are looked into
type Body = Record<string, any>;

const messages = [{ role: 'user', content: 'Hello' }];

function post(h: Harness, path: string, body: object): Promise<Response> {
  return h.fetch(path, { method: 'POST', body: JSON.stringify({ model: 'gpt-5.5', ...body }) });
}

async function askWhole(h: Harness, path: string, body: object = {}): Promise<Body> {
  const answer = await post(h, path, { stream: false, ...body });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text) as Body;
}

/** An error as `[status, text]`; that nothing else is said is checked. */
async function refusal(answer: Promise<Response>): Promise<[number, string]> {
  const { status } = await answer;
  const body = (await (await answer).json()) as { error: string };
  assert.deepEqual(Object.keys(body), ['error']);
  return [status, body.error];
}

test('chat: streamed unless it is asked not to be', async (t) => {
  const h = await createHarness(t);
  const streamed = await post(h, '/api/chat', { messages, options: { temperature: 0, num_ctx: 10 }, keep_alive: '5m' });
  assert.equal(streamed.status, 200);
  assert.equal(streamed.headers.get('content-type'), 'application/x-ndjson');
  assert.equal(streamed.headers.get('x-opencompat-ignored'), 'options.num_ctx, temperature');
  assert.ok(streamed.headers.get('x-request-id'));
  const answer = checkOllamaStream('chat', await streamed.text());
  assert.deepEqual([answer.text, answer.thinking], [defaultText, defaultReasoning]);
  assert.deepEqual([answer.promptTokens, answer.answerTokens], [fakeUsage.input_tokens, fakeUsage.output_tokens]);
  assert.deepEqual(checkOllamaAnswer('chat', await askWhole(h, '/api/chat', { messages })), answer);
  assert.deepEqual(h.upstream.last.body.input, [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] },
  ]);
});

test('generate: a text, and a gap', async (t) => {
  const h = await createHarness(t);
  const streamed = await post(h, '/api/generate', { prompt: 'Hello', system: 'Be brief.' });
  const answer = checkOllamaStream('generate', await streamed.text());
  assert.equal(answer.text, defaultText);
  assert.equal(h.upstream.last.body.instructions, 'Be brief.');
  assert.deepEqual(checkOllamaAnswer('generate', await askWhole(h, '/api/generate', { prompt: 'Hello' })), answer);
  await askWhole(h, '/api/generate', { prompt: 'let a = ', suffix: ';' });
  assert.match(h.upstream.last.body.instructions, /gap/);
  assert.match(JSON.stringify(h.upstream.last.body.input), /<before>let a = <\/before><after>;<\/after>/);
});

test('the durations of an answer are those of the real one', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 3000 });
  const beganMs = performance.now();
  const asked = askWhole(h, '/api/chat', { messages });
  const request = await h.upstream.waitForRequest(0);
  await sleep(30);
  request.resume();
  const { total_duration, prompt_eval_duration, eval_duration } = await asked;
  const tookNs = (performance.now() - beganMs) * 1e6;
  assert.ok(total_duration >= 30e6 && total_duration <= tookNs, `${total_duration} of ${tookNs}`);
  assert.ok(Math.abs(prompt_eval_duration + eval_duration - total_duration) <= 2);
});

test('calls, their results by name, and the answer to them', async (t) => {
  const h = await createHarness(t);
  const tools = [
    { type: 'function', function: { name: 'get_time', parameters: { type: 'object', properties: { zone: {} } } } },
  ];
  h.upstream.reply(scriptAnswer([{ call: 'get_time', arguments: { zone: 'UTC' }, callId: 'call_a' }]));
  const { message } = await askWhole(h, '/api/chat', { messages, tools });
  assert.deepEqual(message.tool_calls, [
    { id: 'call_a', function: { index: 0, name: 'get_time', arguments: { zone: 'UTC' } } },
  ]);
  // As clients send a call back: some without its id.
  const { name, arguments: args } = message.tool_calls[0].function;
  const turn = [...messages, { role: 'assistant', content: '', tool_calls: [{ function: { name, arguments: args } }] }];
  await askWhole(h, '/api/chat', {
    tools,
    messages: [...turn, { role: 'tool', tool_name: 'get_time', content: 'noon' }],
  });
  const [, call, output] = h.upstream.last.body.input;
  assert.equal(call.call_id, output.call_id);
  assert.deepEqual([call.arguments, output.output], ['{"zone":"UTC"}', 'noon']);
});

test('`think` is the effort, `format` the form, `options` the limits', async (t) => {
  const h = await createHarness(t);
  await askWhole(h, '/api/chat', { messages, think: 'high', format: { type: 'object', properties: { a: {} } } });
  assert.equal(h.upstream.last.body.reasoning.effort, 'high');
  assert.equal(h.upstream.last.body.text.format.type, 'json_schema');
  const off = await askWhole(h, '/api/chat', { messages, think: false });
  assert.equal(h.upstream.last.body.reasoning.effort, 'none');
  assert.equal(off.message.thinking, undefined);
  const cut = await askWhole(h, '/api/chat', { messages, options: { num_predict: 2 } });
  assert.deepEqual([cut.message.content, cut.done_reason], ['Hello from', 'length']);
  const stopped = await askWhole(h, '/api/chat', { messages, options: { stop: [' the'] } });
  assert.deepEqual([stopped.message.content, stopped.done_reason], ['Hello from', 'stop']);
});

test('a request without anything to answer loads a model, or lets go of it', async (t) => {
  const h = await createHarness(t);
  const { created_at, ...loaded } = await askWhole(h, '/api/chat', { messages: [] });
  assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60_000);
  const message = { role: 'assistant', content: '' };
  assert.deepEqual(loaded, { model: 'gpt-5.5', message, done: true, done_reason: 'load' });
  for (const keep_alive of [0, '0', '0s']) {
    const streamed = await post(h, '/api/generate', { keep_alive });
    assert.equal(streamed.headers.get('content-type'), 'application/x-ndjson; charset=utf-8');
    const [line, end] = (await streamed.text()).split('\n');
    const { done, done_reason, response } = JSON.parse(line!) as Body;
    assert.deepEqual([done, done_reason, response, end], [true, 'unload', '', '']);
  }
  assert.deepEqual(await askWhole(h, '/api/embed'), { model: 'gpt-5.5', embeddings: [] });
  assert.deepEqual(await askWhole(h, '/api/embeddings', { prompt: '' }), { embedding: [] });
  assert.equal(h.upstream.requests.length, 0);
  assert.deepEqual(await refusal(post(h, '/api/chat', { model: 'nope', messages: [] })), [
    404,
    "model 'nope' not found",
  ]);
});

test('while the model is silent the stream is kept alive with lines that are valid', async (t) => {
  const h = await createHarness(t, { config: { keepaliveInterval: 0.02 } });
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 300 });
  const answer = await post(h, '/api/chat', { messages });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let wire = '';
  while (wire.split('\n').length <= 3) wire += (await reader.read()).value;
  for (const line of wire.trimEnd().split('\n')) {
    const { message, done } = JSON.parse(line) as Body;
    assert.deepEqual([message, done], [{ role: 'assistant', content: '' }, false]);
  }
  h.upstream.last.resume();
  for (let read = await reader.read(); !read.done; read = await reader.read()) wire += read.value;
  assert.ok(checkOllamaStream('chat', wire).text.length > 0);
});

test('a stream that breaks off ends with a line that says so', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('One two three.', { end: 'none' }));
  const answer = await post(h, '/api/chat', { messages });
  assert.equal(answer.status, 200);
  const lines = (await answer.text()).trimEnd().split('\n').map((line) => JSON.parse(line) as Body); // biome-ignore format: one step
  assert.deepEqual(lines.at(-1), { error: 'ChatGPT closed the stream before the answer was complete.' });
  assert.ok(lines.slice(0, -1).every(({ done }) => done === false));
});

test('errors are a text, whoever finds them', async (t) => {
  const h = await createHarness(t, { apiKey: 'k', config: { maxBodyBytes: 2048 } });
  const bare = (path: string, init: RequestInit) => fetch(`${h.url}${path}`, init);
  assert.deepEqual(await refusal(post(h, '/api/chat', { model: 'nope', messages })), [404, "model 'nope' not found"]);
  assert.deepEqual(await refusal(post(h, '/api/show', { model: 'nope:latest' })), [
    404,
    "model 'nope:latest' not found",
  ]);
  assert.deepEqual(await refusal(post(h, '/api/pull', { model: 'nope' })), [404, "model 'nope' not found"]);
  assert.equal((await refusal(bare('/api/tags', {})))[0], 401);
  assert.equal((await refusal(bare('/api/chat', { method: 'POST', body: '{}' })))[0], 401);
  assert.equal((await refusal(h.fetch('/api/chat', { method: 'POST', body: '{' })))[0], 400);
  assert.equal(
    (await refusal(post(h, '/api/chat', { messages: [{ role: 'user', content: 'x'.repeat(3000) }] })))[0],
    413,
  );
  assert.deepEqual(await refusal(post(h, '/api/show', { model: '' })), [400, "Missing required parameter: 'model'."]);
  assert.match((await refusal(post(h, '/api/chat', { messages: 'hi' })))[1], /Invalid type for 'messages'/);
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' } });
  assert.equal((await refusal(post(h, '/api/chat', { messages })))[0], 429);

  assert.deepEqual(await refusal(h.fetch('/api/chat')), [405, 'Not allowed: GET /api/chat. Use POST.']);
  assert.equal((await h.fetch('/api/chat')).headers.get('allow'), 'POST');
  assert.equal((await refusal(h.fetch('/api/blobs/sha256:1', { method: 'POST' })))[0], 404);
  assert.equal((await refusal(h.fetch('/api/%ff')))[0], 404);
  for (const [method, path] of [
    ['POST', '/api/push'],
    ['POST', '/api/create'],
    ['POST', '/api/copy'],
    ['DELETE', '/api/delete'],
  ]) {
    const [status, error] = await refusal(h.fetch(path!, { method, body: '{"model":"gpt-5.5"}' }));
    assert.equal(status, 501);
    assert.match(error, /^OpenCompat does not serve the .+ of models\.$/);
  }
  // Paths of other APIs keep their shape.
  assert.equal(typeof ((await (await h.fetch('/v1/nothing')).json()) as Body).error.message, 'string');
  const foreign = await rawRequest(`${h.url}/api/tags`, { headers: { host: 'evil.example' } });
  assert.deepEqual([foreign.status, typeof JSON.parse(foreign.body).error], [403, 'string']);
});

test('the models, as every list and card of them is read', async (t) => {
  const mini = createFakeModel('gpt-5.4-mini', {}, 2);
  const models = [createFakeModel('gpt-5.5'), { ...mini, entry: { ...mini.entry, input_modalities: ['text'] } }];
  const h = await createHarness(t, { models, config: { aliases: { llama: 'gpt-5.5' } } });
  let listed: Body[] = [];
  // The account's own list comes from a refresh behind the first look at it.
  for (let tries = 0; tries < 100 && !listed.some(({ capabilities }) => capabilities?.includes('vision')); tries += 1) {
    listed = ((await (await h.fetch('/api/tags')).json()) as Body).models;
    await sleep(10);
  }
  assert.deepEqual(
    listed.map(({ name }) => name),
    ['gpt-5.5', 'gpt-5.4-mini', 'llama'],
  );
  const [first, second] = listed as [Body, Body];
  assert.equal(first.model, 'gpt-5.5');
  assert.match(first.digest, /^[0-9a-f]{64}$/);
  assert.notEqual(first.digest, second.digest);
  assert.ok(!Number.isNaN(Date.parse(first.modified_at)));
  assert.deepEqual(first.details, {
    parent_model: '',
    format: 'gguf',
    family: 'gpt',
    families: ['gpt'],
    parameter_size: '',
    quantization_level: '',
  });
  assert.equal(first.context_length, 272_000);
  assert.deepEqual(first.capabilities, ['completion', 'insert', 'tools', 'vision', 'thinking']);
  assert.deepEqual(second.capabilities, ['completion', 'insert', 'tools', 'thinking']);

  const card = await askWhole(h, '/api/show', { model: 'gpt-5.5' });
  assert.deepEqual(card.model_info, {
    'general.architecture': 'gpt',
    'general.basename': 'gpt-5.5',
    'gpt.context_length': 272_000,
  });
  assert.deepEqual([card.details, card.capabilities], [first.details, first.capabilities]);
  for (const name of ['gpt-5.5:latest', 'chatgpt/gpt-5.5', 'llama:latest', 'gpt-5.5-high']) {
    const { modelfile, model_info } = await askWhole(h, '/api/show', { model: undefined, name });
    assert.deepEqual([modelfile, model_info], [`FROM ${name}\n`, card.model_info]);
  }
});

test('a model of an account that is not signed in is not there', async (t) => {
  const h = await createHarness(t, { isSignedIn: false });
  const { models } = (await (await h.fetch('/api/tags')).json()) as Body;
  assert.deepEqual(
    models.map(({ name, capabilities: [first] }: Body) => [name, first]),
    [
      ['demo', 'completion'],
      ['demo-embeddings', 'embedding'],
    ],
  );
  assert.deepEqual(await refusal(post(h, '/api/show', {})), [404, "model 'gpt-5.5' not found"]);
});

test('version, what is loaded, and a pull of what is there', async (t) => {
  const h = await createHarness(t);
  const { version } = (await (await h.fetch('/api/version')).json()) as Body;
  const [major, minor] = version.split('.').map(Number);
  assert.ok(major > 0 || minor > 6, 'VS Code asks for 0.6.4 or newer');
  const { models } = (await (await h.fetch('/api/ps')).json()) as Body;
  assert.ok(models.length > 0);
  for (const { expires_at, capabilities, digest } of models) {
    assert.ok(Date.parse(expires_at) > Date.now());
    assert.ok(capabilities.includes('completion') && digest.length === 64);
  }
  assert.equal(await (await post(h, '/api/pull', {})).text(), '{"status":"success"}\n');
  assert.deepEqual(await askWhole(h, '/api/pull', { model: undefined, name: 'gpt-5.5:latest' }), { status: 'success' });
});

test('a provider without vectors says so', async (t) => {
  const h = await createHarness(t);
  assert.deepEqual(await refusal(post(h, '/api/embed', { input: 'a' })), [400, 'ChatGPT does not serve embeddings.']);
});

/** Puts a provider behind every model that makes a vector of each text: its length, and the `dimensions` asked for. */
const lengths = defineMiddleware({
  name: 'lengths',
  create: () => (req, _res, next) => {
    const { exchange } = req;
    const provider: typeof exchange.model.provider = {
      ...exchange.model.provider,
      buildEmbeddings: ({ embeddings }) => {
        const body = JSON.stringify(embeddings);
        return { method: 'POST', url: new URL('lengths:/'), headers: {}, body };
      },
      answer({ body }) {
        const answer = Readable.from([Buffer.from(body)], { objectMode: false });
        return Object.assign(answer, { statusCode: 200, headers: {} }) as unknown as UpstreamAnswer;
      },
      readEmbeddings({ input, dimensions = 0 }) {
        const texts = input as string[];
        return { vectors: texts.map((text) => [text.length, Number(dimensions)]), inputTokens: texts.length };
      },
    };
    exchange.model = { ...exchange.model, provider };
    next();
  },
});

test('vectors, in both requests for them', async (t) => {
  const h = await createHarness(t, { plugins: [lengths] });
  const { total_duration, ...one } = await askWhole(h, '/api/embed', { input: 'abc', keep_alive: 1 });
  assert.ok(Number.isSafeInteger(total_duration) && total_duration > 0);
  assert.deepEqual(one, { model: 'gpt-5.5', embeddings: [[3, 0]], load_duration: 0, prompt_eval_count: 1 });
  const { embeddings } = await askWhole(h, '/api/embed', { input: ['a', 'bc'], dimensions: 7, stream: undefined });
  assert.deepEqual(embeddings, [[1, 7], [2, 7]]); // biome-ignore format: one row
  assert.deepEqual(await askWhole(h, '/api/embeddings', { prompt: 'abcd' }), { embedding: [4, 0] });
});

test('names with a tag, an effort or a provider reach their model', async (t) => {
  const h = await createHarness(t);
  for (const model of ['gpt-5.5:latest', 'gpt-5.5-high', 'gpt-5.5:high', 'chatgpt/gpt-5.5:latest']) {
    assert.equal((await askWhole(h, '/api/chat', { model, messages })).model, model);
    assert.equal(h.upstream.last.body.model, 'gpt-5.5');
  }
});

test('what looks at the server without a body, and what belongs to Ollama’s cloud', async (t) => {
  const h = await createHarness(t);
  for (const path of ['/api/tags', '/api/version']) {
    const head = await h.fetch(path, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
  }
  for (const [method, path] of [
    ['GET', '/api/status'],
    ['POST', '/api/me'],
  ] as const) {
    const answer = await h.fetch(path, { method });
    assert.equal(answer.status, 501);
    assert.match(((await answer.json()) as { error: string }).error, /cloud/);
  }
});

test('what is to be left out of a conversation that is too long is told as ignored; an error instead is honoured', async (t) => {
  const h = await createHarness(t);
  const ignoredOf = async (fields: object) =>
    (await post(h, '/api/chat', { messages: [{ role: 'user', content: 'Hi' }], ...fields })).headers.get(
      'x-opencompat-ignored',
    );
  assert.equal(await ignoredOf({ truncate: true, shift: true }), 'truncate, shift');
  assert.equal(await ignoredOf({ truncate: false, shift: false }), null);
});
