import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { OpenAI } from 'openai';
import {
  createFakeOpenAiServer,
  type FakeOpenAiServer,
  type FakeOpenAiServerOptions,
  fakeChatText,
  fakeVector,
  scriptChunks,
} from './fake-openai-server.ts';

const user = { role: 'user' as const, content: 'Hello' };
const good = { model: 'fake-model', messages: [user] };
const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
const calling = { role: 'assistant', content: null, tool_calls: [call] };
const answered = { role: 'tool', tool_call_id: 'call_1', content: 'ok' };
const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } };

async function open(t: TestContext, options: FakeOpenAiServerOptions = {}): Promise<FakeOpenAiServer> {
  const server = await createFakeOpenAiServer(options);
  t.after(() => server.close());
  return server;
}

function post(server: FakeOpenAiServer, path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

test('answers the SDK: chat, streamed and whole, models, embeddings', async (t) => {
  const server = await open(t, { apiKey: 'sk-fake' });
  const client = new OpenAI({ baseURL: server.url, apiKey: 'sk-fake', maxRetries: 0 });
  const whole = await client.chat.completions.create(good);
  assert.equal(whole.choices[0]!.message.content, fakeChatText);
  const stream = client.chat.completions.stream({ ...good, stream_options: { include_usage: true } });
  const final = await stream.finalChatCompletion();
  assert.equal(final.choices[0]!.message.content, fakeChatText);
  assert.equal(final.usage?.total_tokens, 19);
  const models = await client.models.list();
  assert.deepEqual(
    models.data.map(({ id }) => id),
    ['fake-model', 'fake-small', 'fake-embedding'],
  );
  // The SDK asks for base64.
  const { data } = await client.embeddings.create({ model: 'fake-embedding', input: ['a', 'b'] });
  assert.deepEqual(
    data.map(({ embedding }) => [...embedding]),
    [
      [...fakeVector, 0],
      [...fakeVector, 1],
    ],
  );
});

test('answers by script: a fixture, chunks, an error, a whole body', async (t) => {
  const server = await open(t, { hasResponses: true });
  server
    .reply('text-then-call.sse', { splitEveryBytes: 5 })
    .reply(scriptChunks('Made up.'))
    .refuse(429, { error: { message: 'Slow down' } }, { 'retry-after': '3' })
    .refuse(200, { choices: [] });
  const streaming = { ...good, stream: true };
  assert.match(await (await post(server, '/chat/completions', streaming)).text(), /call_a.*\[DONE\]\n\n$/s);
  assert.match(await (await post(server, '/chat/completions', streaming)).text(), /"Made ".*"up\.".*\[DONE\]\n\n$/s);
  const refused = await post(server, '/chat/completions', streaming);
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '3']);
  assert.deepEqual(await (await post(server, '/chat/completions', good)).json(), { choices: [] });

  const response = await post(server, '/responses', { model: 'fake-model', input: 'Hello', stream: true });
  assert.match(await response.text(), /event: response\.completed/);
  server.reply('refusal.sse');
  const scripted = await post(server, '/responses', { model: 'fake-model', input: 'Hello', stream: true });
  assert.match(await scripted.text(), /response\.refusal\.delta/);
  assert.equal(server.requests.length, 6);
  assert.equal(server.last.body.input, 'Hello');
});

test('keeps strangers out, and knows no other paths', async (t) => {
  const server = await open(t, { apiKey: 'sk-fake' });
  for (const authorization of ['', 'Bearer sk-other']) {
    const answer = await post(server, '/chat/completions', good, { authorization });
    assert.equal(answer.status, 401);
  }
  const headers = { authorization: 'Bearer sk-fake' };
  assert.equal((await post(server, '/responses', good, headers)).status, 404);
  assert.equal((await post(server, '/songs', good, headers)).status, 404);
  assert.equal(server.otherRequests.length, 2);
});

const refused: [title: string, body: object | string, param: RegExp | null][] = [
  ['no JSON', '{', null],
  ['no model', { messages: [user] }, null],
  ['an unknown model', { ...good, model: 'other' }, null],
  ['no messages', { model: 'fake-model' }, /^messages$/],
  ['an empty list of messages', { ...good, messages: [] }, /^messages$/],
  ['an unknown parameter', { ...good, top_k: 4 }, null],
  ['a wrong type', { ...good, temperature: '1' }, /^temperature$/],
  ['stream options without a stream', { ...good, stream_options: {} }, /^stream_options$/],
  ['top_logprobs without logprobs', { ...good, top_logprobs: 1 }, /^top_logprobs$/],
  ['two limits', { ...good, max_tokens: 1, max_completion_tokens: 1 }, /^max_tokens$/],
  ['a choice without tools', { ...good, tool_choice: 'auto' }, /^tool_choice$/],
  ['parallel calls without tools', { ...good, parallel_tool_calls: true }, /^parallel_tool_calls$/],
  ['no tools in the list', { ...good, tools: [] }, /^tools$/],
  ['a hosted tool', { ...good, tools: [{ type: 'web_search' }] }, /^tools\[0\]\.type$/],
  ['a tool without a name', { ...good, tools: [{ type: 'function', function: {} }] }, /name$/],
  [
    'a choice of an unknown tool',
    { ...good, tools: [tool], tool_choice: { type: 'function', function: { name: 'g' } } },
    /^tool_choice$/,
  ],
  ['JSON mode without the word', { ...good, response_format: { type: 'json_object' } }, /^messages$/],
  [
    'a schema without a name',
    { ...good, response_format: { type: 'json_schema', json_schema: {} } },
    /^response_format/,
  ],
  ['an unknown role', { ...good, messages: [{ role: 'robot', content: 'x' }] }, /role$/],
  ['an unknown key', { ...good, messages: [{ ...user, reasoning_content: 'x' }] }, /^messages/],
  ['no content', { ...good, messages: [{ role: 'user', content: null }] }, /content$/],
  [
    'an image of a tool',
    { ...good, messages: [user, calling, { ...answered, content: [{ type: 'image_url' }] }] },
    /type$/,
  ],
  [
    'an image without a URL',
    { ...good, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: 'x' }] }] },
    /image_url$/,
  ],
  ['an output without a call', { ...good, messages: [user, answered] }, /role$/],
  ['a call without an output', { ...good, messages: [user, calling, user] }, /role$/],
  ['a call without an output, at the end', { ...good, messages: [user, calling] }, /role$/],
  [
    'a call with an id that is too long',
    { ...good, messages: [user, { ...calling, tool_calls: [{ ...call, id: 'x'.repeat(41) }] }] },
    /id$/,
  ],
  [
    'arguments that are no text',
    { ...good, messages: [user, { ...calling, tool_calls: [{ ...call, function: { name: 'f', arguments: {} } }] }] },
    /function$/,
  ],
];
for (const [title, body, param] of refused) {
  test(`refuses ${title}`, async (t) => {
    const server = await open(t);
    const answer = await post(server, '/chat/completions', body);
    assert.ok([400, 404].includes(answer.status), String(answer.status));
    const { error } = (await answer.json()) as { error: { message: string; param: string | null } };
    assert.ok(error.message);
    if (param) assert.match(String(error.param), param);
    else assert.equal(error.param, null);
    assert.equal(server.last.status, answer.status);
  });
}

test('takes what it is told to take, and a conversation with tools', async (t) => {
  const server = await open(t, { takes: ['top_k', 'reasoning_content'] });
  const messages = [user, { ...calling, reasoning_content: 'hm' }, answered, user];
  const answer = await post(server, '/chat/completions', { ...good, messages, top_k: 3, tools: [tool] });
  assert.equal(answer.status, 200, await answer.text());
});
