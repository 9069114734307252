/** Claude behind Copilot for clients of Anthropic's API: their requests and its answers pass as they are. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { defineMiddleware } from '../../../lib/chain/middleware.ts';
import { messageEvents } from '../../support/fake-copilot.ts';
import { fakeChatText } from '../../support/fake-openai-server.ts';
import { createHarness, type HarnessOptions } from '../../support/harness.ts';
import { signThinking } from '../../support/messages-refusals.ts';

const model = 'claude-sonnet-4.5';
const hello = { model, max_tokens: 2048, messages: [{ role: 'user' as const, content: 'Hello' }] };
const thinking = { type: 'enabled' as const, budget_tokens: 1024 };

async function setUp(t: TestContext, options: HarnessOptions = {}) {
  const h = await createHarness(t, { copilot: true, isSignedIn: false, ...options });
  const client = new Anthropic({ baseURL: h.url, apiKey: 'none', maxRetries: 0 });
  return { h, client, paths: () => h.copilot.requests.map(({ path }) => path.replace('/individual', '')) };
}

test('a request goes as it is but for what names the model, and thinking comes back', async (t) => {
  // How reasoning reaches Chat clients is no matter here.
  const { h, client, paths } = await setUp(t, { config: { reasoningCompat: 'think-tags' } });
  const body = { ...hello, model: 'claude-sonnet-4-5-20250929', thinking, top_p: 0.95, system: 'Be brief.' };
  const message = await client.messages.create(body);
  assert.deepEqual(message.content, [
    { type: 'thinking', thinking: 'Hm.', signature: signThinking('Hm.') },
    { type: 'text', text: fakeChatText },
  ]);
  assert.deepEqual(paths(), ['/v1/messages']);
  assert.deepEqual(h.copilot.last.body, { ...body, model });
  const { headers } = h.copilot.last;
  assert.match(String(headers['anthropic-beta']), /interleaved-thinking/);
  assert.equal(headers['x-api-key'], undefined);
});

test('what is passed on is for the upstream to judge', async (t) => {
  const { h } = await setUp(t);
  const body = {
    model,
    max_tokens: 0,
    temperature: 7,
    top_k: -1,
    messages: [
      ...hello.messages,
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't9', content: [{ type: 'video', source: {} }] }] },
    ],
  };
  const answer = await h.fetch('/v1/messages', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /must be greater than or equal to 1/);
  assert.deepEqual(h.copilot.last.body, body);
  assert.equal(h.copilot.last.headers['x-initiator'], 'agent', 'a tool has just answered');

  // Who would have to keep a thread is this server.
  const threaded = await h.fetch('/v1/messages', {
    method: 'POST',
    body: JSON.stringify({ ...hello, thread: {} }),
    headers: { 'content-type': 'application/json' },
  });
  assert.match(await threaded.text(), /thread_unsupported_request/);
});

test('a session that began elsewhere goes on without the thinking that was signed there', async (t) => {
  const { h, client } = await setUp(t);
  const foreign = { type: 'thinking' as const, thinking: 'They greet me.', signature: 'ZWxzZXdoZXJl' };
  const said = { type: 'text' as const, text: 'Hello.' };
  const tools = [{ name: 'f', input_schema: { type: 'object' as const } }];
  const ask = (stream: boolean, messages: object[]) =>
    client.messages.create({ ...hello, tools, thinking, stream, messages: messages as never });
  for (const stream of [false, true]) {
    await ask(stream, [...hello.messages, { role: 'assistant', content: [foreign, said] }, ...hello.messages]);
    const { messages, thinking: asked } = h.copilot.last.body as { messages: object[]; thinking: object };
    assert.deepEqual(messages[1], { role: 'assistant', content: [said] });
    assert.deepEqual(asked, thinking);
  }
  // In the middle of a turn, which then goes on without thinking; a turn of thinking alone is none.
  const call = { type: 'tool_use', id: 't1', name: 'f', input: {} };
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: '1' }] };
  await ask(false, [
    ...hello.messages,
    { role: 'assistant', content: [foreign] },
    ...hello.messages,
    { role: 'assistant', content: [foreign, call] },
    result,
  ]);
  const { messages, thinking: asked } = h.copilot.last.body as { messages: object[]; thinking?: object };
  assert.deepEqual(messages, [...hello.messages, ...hello.messages, { role: 'assistant', content: [call] }, result]);
  assert.equal(asked, undefined);
});

test('a stream passes event by event, however its bytes travel', async (t) => {
  const counted: unknown[] = [];
  const count = defineMiddleware({
    name: 'count',
    create: () => (req, res, next) => {
      res.once('finish', () => counted.push(req.exchange.usage?.total_tokens));
      next();
    },
  });
  const { client, h, paths } = await setUp(t, { plugins: [count] });
  h.copilot.reply(messageEvents(model), { splitEveryBytes: 9 });
  const message = await client.messages.stream({ ...hello, thinking }).finalMessage();
  assert.deepEqual(
    message.content.map(({ type }) => type),
    ['thinking', 'text'],
  );
  assert.equal(message.usage.output_tokens, 5);
  assert.deepEqual(paths(), ['/v1/messages']);
  assert.equal(h.copilot.last.body.stream, true);
  assert.deepEqual(counted, [17], 'what was cached is counted too');
});

test('what goes on after a tool is the same turn, and a picture is told', async (t) => {
  const { client, h } = await setUp(t);
  const source = { type: 'base64' as const, media_type: 'image/png' as const, data: 'iVBORw0KGgo=' };
  await client.messages.create({
    ...hello,
    messages: [
      { role: 'user', content: 'Look' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'image', source }] },
          { type: 'text', text: '<system-reminder>Go on.</system-reminder>' },
        ],
      },
    ],
    tools: [{ name: 'look', input_schema: { type: 'object' } }],
  });
  const { headers, status } = h.copilot.last;
  assert.equal(status, 200);
  assert.equal(headers['x-initiator'], 'agent');
  assert.equal(headers['copilot-vision-request'], 'true');
});

test('a field that the backend does not take is left out from then on', async (t) => {
  const { client, h } = await setUp(t);
  const body = { ...hello, context_management: { edits: [] } };
  for (const _ of [1, 2]) {
    const { data, response } = await client.messages.create(body as typeof hello).withResponse();
    assert.equal(data.content.at(-1)!.type, 'text');
    assert.equal(response.headers.get('x-opencompat-ignored'), 'context_management');
  }
  assert.deepEqual(
    h.copilot.requests.map(({ status, body: sent }) => [status, 'context_management' in sent]),
    [
      [400, true],
      [200, false],
      [200, false],
    ],
  );
});

test('a model that this API does not reach is asked in another, and answers in the client’s', async (t) => {
  const { client, h, paths } = await setUp(t);
  const message = `model "${model}" is not accessible via the /v1/messages endpoint`;
  h.copilot.refuse(400, { error: { message, code: 'unsupported_api_for_model' } });
  const answer = await client.messages.create(hello);
  assert.deepEqual(answer.content, [{ type: 'text', text: fakeChatText }]);
  assert.deepEqual(paths(), ['/v1/messages', '/chat/completions']);
  await client.messages.create({ ...hello, model: 'gpt-5.4' });
  assert.equal(paths().at(-1), '/responses', 'and GPT in its own');
});

test('with a plugin that looks at events, an answer is read instead of passed on', async (t) => {
  const seen: string[] = [];
  const watch = defineMiddleware({
    name: 'watch',
    after: ['validate'],
    create: () => (req, _res, next) => {
      req.exchange.onEvent((event, emit) => {
        seen.push(event.type);
        emit(event);
      });
      next();
    },
  });
  const { client, paths } = await setUp(t, { plugins: [watch] });
  const answer = await client.messages.create(hello);
  assert.deepEqual(answer.content, [{ type: 'text', text: fakeChatText }]);
  assert.deepEqual(paths(), ['/chat/completions']);
  assert.ok(seen.includes('response.completed'));
});

test('refusals come in the form that clients know', async (t) => {
  const { client, h } = await setUp(t);
  h.copilot.refuse(402, { error: { message: 'You have no quota', code: 'quota_exceeded' } });
  await assert.rejects(client.messages.create(hello), (error) => {
    assert.ok(error instanceof Anthropic.APIError);
    assert.equal(error.status, 429);
    assert.match(error.message, /You have no quota/);
    return true;
  });
  h.copilot.refuse(200, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
  await assert.rejects(client.messages.create(hello), { message: /Overloaded/ });
});

test('tools that Claude refuses by their names or schemas: mapped or repaired after the refusal, then at once', async (t) => {
  const { h, client, paths } = await setUp(t);
  const tool = { name: 'mcp.files/read', input_schema: { type: 'object' as const, properties: {} } };
  for (const requests of [2, 3]) {
    await client.messages.create({ ...hello, tools: [tool] });
    assert.equal(h.copilot.requests.length, requests);
    assert.match(JSON.stringify(h.copilot.last.body.tools), /"mcp_files_read_[0-9a-f]{10}"/);
  }
  await client.messages.create({ ...hello, tools: [{ ...tool, name: 'read' }] });
  assert.equal(paths().at(-1), '/v1/messages');
  assert.deepEqual(h.copilot.last.body.tools, [{ ...tool, name: 'read' }], 'others are passed on as before');

  const faulty = { name: 'read', input_schema: { properties: { a: { type: 'array' } } } as never };
  await client.messages.create({ ...hello, tools: [faulty] });
  assert.equal(paths().at(-1), '/v1/messages');
  const repaired = { type: 'object', properties: { a: { type: 'array', items: {} } } };
  assert.deepEqual(h.copilot.last.body.tools, [{ name: 'read', input_schema: repaired }]);
});
