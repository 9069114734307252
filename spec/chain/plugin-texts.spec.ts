/** What a filter sees and changes: every text of a request, in every API, on every way upstream. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { defineMiddleware } from '../../lib/chain/middleware.ts';
import { createFakeOpenAiServer } from '../support/fake-openai-server.ts';
import { createHarness, type Harness } from '../support/index.ts';

const filter = defineMiddleware({
  name: 'filter',
  create: () => (req, _res, next) => {
    req.exchange.mapText((text) => text.replaceAll('falcon', 'bird'));
    next();
  },
});

const message = { role: 'user', content: 'falcon one' };
const parameters = { type: 'object', properties: { q: { type: 'string', description: 'falcon' } } };
const chat = {
  messages: [
    { role: 'system', content: 'falcon' },
    { role: 'user', content: [{ type: 'text', text: 'falcon' }] },
    {
      role: 'assistant',
      content: 'falcon',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{"q":"\\u0066alcon"}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'falcon' },
    message,
  ],
  tools: [{ type: 'function', function: { name: 'find', description: 'falcon', parameters } }],
};
const responsesBody = {
  instructions: 'falcon',
  input: [
    message,
    { type: 'function_call', call_id: 'c1', name: 'find', arguments: '{"id":"falcon"}' },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'falcon' }] },
  ],
  tools: [{ type: 'function', name: 'find', description: 'falcon', parameters, strict: false }],
};
const messagesBody = {
  max_tokens: 100,
  system: [{ type: 'text', text: 'falcon' }],
  messages: [
    message,
    { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'find', input: { q: ['falcon'] } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'falcon' }] },
  ],
  tools: [{ name: 'find', description: 'falcon', input_schema: parameters }],
};

const answered: [path: string, body: object][] = [
  ['/v1/chat/completions', chat],
  ['/v1/completions', { prompt: ['first', 'falcon'] }],
  ['/v1/responses', responsesBody],
  ['/v1/messages', messagesBody],
  ['/api/chat', { messages: [message], stream: false }],
  ['/api/generate', { prompt: 'falcon', system: 'falcon', stream: false }],
];

function post(h: Harness, path: string, model: string, body: object): Promise<Response> {
  return h.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, ...body }),
  });
}

test('what a filter takes out reaches ChatGPT from no API', async (t) => {
  const h = await createHarness(t, { plugins: [filter] });
  for (const [path, body] of answered) {
    const before = h.upstream.requests.length;
    const answer = await post(h, path, 'gpt-5.5', body);
    assert.equal(answer.status, 200, `${path}: ${await answer.text()}`);
    const sent = h.upstream.requests.slice(before).map((request) => JSON.stringify(request.body));
    assert.ok(sent.join().includes('bird'), path);
    assert.doesNotMatch(sent.join(), /falcon/, path);
  }
});

async function createPassingOn(t: TestContext) {
  const server = await createFakeOpenAiServer();
  t.after(() => server.close());
  const providers = { house: { type: 'openai-compatible' as const, baseURL: server.url } };
  return { server, h: await createHarness(t, { plugins: [filter], providers }) };
}

test('nor a server that would be given the client’s own body', async (t) => {
  const { server, h } = await createPassingOn(t);
  const paths: [string, object][] = [
    ['/v1/chat/completions', chat],
    ['/v1/embeddings', { input: ['plain', 'falcon'] }],
    ['/api/embed', { input: ['plain', 'falcon'] }],
  ];
  for (const [path, body] of paths) {
    const model = path.includes('embed') ? 'house/fake-embedding' : 'house/fake-model';
    const answer = await post(h, path, model, body);
    assert.equal(answer.status, 200, `${path}: ${await answer.text()}`);
  }
  const sent = [...server.requests, ...server.otherRequests].map((request) => JSON.stringify(request.body));
  assert.equal(sent.filter((body) => body?.includes('bird')).length, 3);
  assert.doesNotMatch(sent.join(), /falcon/);
});

test('tokens are counted of what the filter leaves, also where no model is named', async (t) => {
  const long = 'falcon '.repeat(50);
  const cut = defineMiddleware({
    name: 'cut',
    create: () => (req, _res, next) => {
      req.exchange.mapText((text) => text.replaceAll('falcon ', ''));
      next();
    },
  });
  const h = await createHarness(t, { plugins: [cut] });
  const countOf = async (path: string, model: string | undefined, body: object) => {
    const answer = await post(h, path, model as string, body);
    assert.equal(answer.status, 200, path);
    return ((await answer.json()) as { input_tokens: number }).input_tokens;
  };
  const messages = [{ role: 'user', content: `${long}end` }];
  assert.ok((await countOf('/v1/messages/count_tokens', 'gpt-5.5', { messages })) < 30);
  assert.ok((await countOf('/v1/messages/count_tokens', 'nobody-has-this', { messages })) < 30);
  assert.ok((await countOf('/v1/responses/input_tokens', 'gpt-5.5', { input: `${long}end` })) < 30);
  assert.ok((await countOf('/v1/responses/input_tokens', undefined, { input: `${long}end` })) < 30);
});

test('a filter that refuses does so for counts too', async (t) => {
  const refuse = defineMiddleware({
    name: 'refuse',
    create: () => (req) => {
      assert.ok(req.exchange.texts().some(({ text, kind, role }) => text === 'no' && kind === 'message' && role));
      throw new Error('refused');
    },
  });
  const h = await createHarness(t, { plugins: [refuse] });
  const body = { messages: [{ role: 'user', content: 'no' }] };
  assert.equal((await post(h, '/v1/messages/count_tokens', 'gpt-5.5', body)).status, 500);
});

test('what is stored of a conversation stays as the client has sent it', async (t) => {
  const h = await createHarness(t, { plugins: [filter], config: { responsesStore: 'memory' } });
  const first = await h.client.responses.create({ model: 'gpt-5.5', input: 'falcon', store: true });
  const items = await h.client.responses.inputItems.list(first.id);
  assert.match(JSON.stringify(items.data), /falcon/);
});
