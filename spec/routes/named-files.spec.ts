/** Requests that name files which were uploaded here: they reach the files' own server by the ids that it knows. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { OpenAI, toFile } from 'openai';
import { createFakeAnthropic, fakeAnthropicKey } from '../support/fake-anthropic.ts';
import { createFakeOpenAiServer } from '../support/fake-openai-server.ts';
import { startFileServer } from '../support/file-server.ts';
import { createHarness, type HarnessOptions } from '../support/index.ts';

async function startBox(t: TestContext, name: string) {
  const chats = await createFakeOpenAiServer({ models: [`${name}-model`], hasResponses: true });
  t.after(() => chats.close());
  const { provider } = await startFileServer(t, name, new URL(chats.url).origin);
  return { chats, provider };
}

async function setUp(t: TestContext, options: HarnessOptions = {}) {
  const one = await startBox(t, 'one');
  const two = await startBox(t, 'two');
  const claude = await createFakeAnthropic({ takes: 'everything' });
  t.after(() => claude.close());
  const hash = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`;
  const h = await createHarness(t, {
    ...options,
    providers: {
      one: one.provider,
      two: two.provider,
      claude: { type: 'anthropic', baseURL: claude.url, apiKey: fakeAnthropicKey },
    },
    config: {
      clientKeys: ['ann', 'bob'].map((name) => ({ name, hash: hash(name) })),
      aliases: { both: ['two/two-model', 'one/one-model'] },
    },
  });
  const clientOf = (apiKey: string) => new OpenAI({ baseURL: `${h.url}/v1`, apiKey, maxRetries: 0 });
  const ann = clientOf('ann');
  const file = await toFile(Buffer.from('{"a":1}'), 'notes.txt');
  const { id } = await ann.files.create({ file, purpose: 'user_data' });
  const anthropic = new Anthropic({ baseURL: h.url, apiKey: 'ann', maxRetries: 0 });
  return { h, one: one.chats, two: two.chats, claude, ann, bob: clientOf('bob'), anthropic, id };
}

const ask = (client: OpenAI, model: string, file_id: string) =>
  client.chat.completions.create({
    model,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Read this.' },
          { type: 'file', file: { file_id } },
        ],
      },
    ],
  });
const inputOf = (file_id: string) => [
  {
    role: 'user' as const,
    content: [
      { type: 'input_file' as const, file_id },
      { type: 'input_image' as const, file_id, detail: 'auto' as const },
    ],
  },
];
const idsIn = (body: unknown) => [...JSON.stringify(body).matchAll(/"(file-[^"]*)"/g)].map(([, id]) => id);

test('Chat Completions and Responses name a file to the server where it lies', async (t) => {
  const { one, ann, id } = await setUp(t);
  await ask(ann, 'one-model', id);
  assert.deepEqual(idsIn(one.last.body), ['file-one1']);
  const tools = [{ type: 'code_interpreter' as const, container: { type: 'auto' as const, file_ids: [id] } }];
  const first = await ann.responses.create({ model: 'one/one-model', input: inputOf(id), tools });
  assert.deepEqual(idsIn(one.last.body), ['file-one1', 'file-one1', 'file-one1']);
  await ann.responses.create({ model: 'one/one-model', input: 'Go on.', previous_response_id: first.id });
  assert.deepEqual(idsIn(one.last.body), ['file-one1', 'file-one1'], 'in the conversation before');
  const kept = await ann.responses.inputItems.list(first.id);
  assert.deepEqual(idsIn(kept.data), [id, id], 'the client has its own id back');
});

test('a plugin that reads the request changes nothing of it', async (t) => {
  const { defineMiddleware } = await import('../../lib/index.ts');
  const reader = defineMiddleware({
    name: 'reader',
    after: ['validate'],
    create: () => (req, _res, next) => {
      req.exchange.request.temperature = 0;
      next();
    },
  });
  const { one, two, ann, id } = await setUp(t, { plugins: [reader] });
  await ask(ann, 'one-model', id);
  assert.deepEqual(idsIn(one.last.body), ['file-one1']);
  await assert.rejects(ask(ann, 'two-model', id), { param: 'messages[0].content[1].file.file_id' });
  assert.equal(two.requests.length, 0);
});

test('Messages name one as a document', async (t) => {
  const { one, claude, anthropic, id } = await setUp(t);
  const source = { type: 'file', file_id: id };
  const send = (model: string, type = 'document') =>
    anthropic.messages.create({
      model,
      max_tokens: 1024,
      messages: [{ role: 'user', content: [{ type, source } as never, { type: 'text', text: 'Read.' }] }],
    });
  await send('one/one-model');
  assert.deepEqual(idsIn(one.last.body), ['file-one1']);
  await assert.rejects(send('claude/claude-opus-5'), (error: InstanceType<typeof Anthropic.APIError>) => {
    assert.equal(error.status, 400);
    assert.match(JSON.stringify(error.error), /"invalid_request_error".*lies on the server of one/);
    return true;
  });
  assert.equal(claude.requests.length, 0);
});

test('a file on another provider’s server, or of another key, is an error', async (t) => {
  const { one, two, ann, bob, id } = await setUp(t);
  const param = 'messages[0].content[1].file.file_id';
  for (const model of ['two-model', 'gpt-5.5']) {
    await assert.rejects(ask(ann, model, id), { status: 400, code: 'file_elsewhere', param });
    const made = ann.responses.create({ model, input: inputOf(id) });
    await assert.rejects(made, { status: 400, code: 'file_elsewhere', param: 'input[0].content[0].file_id' });
  }
  await assert.rejects(ask(bob, 'one-model', id), { status: 404, param, message: /No such file/ });
  await assert.rejects(ask(ann, 'one-model', `${id}x`), { status: 404, param });
  assert.deepEqual([one.requests.length, two.requests.length], [0, 0]);
});

test('of an alias, the model that can read the file answers', async (t) => {
  const { one, two, ann, id } = await setUp(t);
  await ask(ann, 'both', id);
  assert.deepEqual([one.requests.length, two.requests.length], [1, 0]);
});

test('ids from elsewhere go on as they are', async (t) => {
  const { one, claude, ann, anthropic } = await setUp(t);
  await ask(ann, 'one-model', 'file-abc123');
  assert.deepEqual(idsIn(one.last.body), ['file-abc123']);
  const source = { type: 'file', file_id: 'file_011abc' };
  await anthropic.beta.messages.create({
    model: 'claude/claude-opus-5',
    max_tokens: 1024,
    betas: ['files-api-2025-04-14'],
    messages: [{ role: 'user', content: [{ type: 'document', source } as never] }],
  });
  assert.match(JSON.stringify(claude.last.body), /"file_id":"file_011abc"/);
  await assert.rejects(ask(ann, 'gpt-5.5', 'file-abc123'), { status: 400, param: /file_id/ });
});
