import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { parseModels } from '../../../lib/providers/anthropic/models.ts';
import { toBaseUrl } from '../../../lib/providers/anthropic/requests.ts';
import { createFakeAnthropic, fakeAnthropicKey, fakeTokenCount } from '../../support/fake-anthropic.ts';
import { fakeChatText } from '../../support/fake-openai-server.ts';
import { createHarness, type HarnessOptions } from '../../support/index.ts';
import { signThinking } from '../../support/messages-refusals.ts';

const hello = { max_tokens: 2048, messages: [{ role: 'user' as const, content: 'Hello' }] };

async function setUp(t: TestContext, options: HarnessOptions = {}) {
  const upstream = await createFakeAnthropic();
  t.after(() => upstream.close());
  const anthropic = { type: 'anthropic', baseURL: upstream.url, apiKey: fakeAnthropicKey };
  const h = await createHarness(t, { isSignedIn: false, providers: { anthropic }, ...options });
  const client = new Anthropic({ baseURL: h.url, apiKey: 'a-client-key', maxRetries: 0 });
  return { h, client, upstream };
}

test('a Messages client’s request passes as it is, with its versions and without its key', async (t) => {
  const { client, upstream } = await setUp(t);
  const body = { ...hello, model: 'claude-sonnet-4-5', thinking: { type: 'enabled' as const, budget_tokens: 1024 } };
  const betas = ['interleaved-thinking-2025-05-14', 'some-new-thing-2026-11-01'];
  const message = await client.messages.create(body, {
    headers: {
      'anthropic-beta': betas.join(','),
      'anthropic-new-thing': 'on',
      'anthropic-workspace-id': 'wrkspc_other',
      'x-claude-code-session-id': 's',
    },
  });
  assert.deepEqual(message.content, [
    { type: 'thinking', thinking: 'Hm.', signature: signThinking('Hm.') },
    { type: 'text', text: fakeChatText },
  ]);
  assert.deepEqual(upstream.last.body, body);
  const { headers } = upstream.last;
  assert.equal(headers['x-api-key'], fakeAnthropicKey);
  assert.equal(headers['anthropic-version'], '2026-10-21');
  assert.equal(headers['anthropic-beta'], betas.join(','));
  assert.equal(headers['anthropic-new-thing'], 'on');
  for (const kept of ['anthropic-workspace-id', 'x-claude-code-session-id', 'authorization']) {
    assert.equal(headers[kept], undefined, kept);
  }

  const stream = await client.messages.stream({ ...body, thinking: { type: 'disabled' } }).finalMessage();
  assert.equal(stream.content.at(-1)?.type, 'text');
});

test('clients of other APIs get a translation, with the model’s own way of thinking', async (t) => {
  const { h, upstream } = await setUp(t);
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  const chat = await h.client.chat.completions.create({ model: 'claude-opus-5-high', messages });
  assert.equal(chat.choices[0]?.message.content, fakeChatText);
  const { body, headers } = upstream.last;
  assert.deepEqual(body.thinking, { type: 'adaptive' });
  assert.deepEqual(body.output_config, { effort: 'high' });
  assert.equal(headers['anthropic-version'], '2023-06-01');
  const response = await h.client.responses.create({ model: 'claude-sonnet-4-5', input: 'Hello' });
  assert.equal(response.output_text, fakeChatText);
  assert.equal(upstream.last.body.thinking.type, 'enabled');
});

test('the upstream counts the tokens; if it does not, this server does', async (t) => {
  const { client, upstream } = await setUp(t);
  const { messages } = hello;
  assert.equal((await client.messages.countTokens({ model: 'claude-opus-5', messages })).input_tokens, fakeTokenCount);
  const [asked] = upstream.otherRequests.filter(({ path }) => path.endsWith('/count_tokens'));
  assert.deepEqual(asked!.body, { model: 'claude-opus-5', messages });
  await upstream.close();
  const { input_tokens: own } = await client.messages.countTokens({ model: 'claude-opus-5', messages });
  assert.ok(own > 0 && own < 100);
});

test('its models are listed with what they can do', async (t) => {
  const { h } = await setUp(t);
  const { data } = (await (await h.fetch('/v1/models')).json()) as { data: { id: string; context_window: number }[] };
  assert.deepEqual(
    data.map(({ id, context_window }) => [id, context_window]),
    [
      ['claude-opus-5', 1_000_000],
      ['claude-sonnet-4-5', 1_000_000],
    ],
  );
  assert.deepEqual(parseModels('{"data":[{"id":"old","lifecycle":"retired"},{},{"id":"glm-5"}]}'), [
    { id: 'glm-5', createdS: 0, ownedBy: 'anthropic', efforts: [], thinking: 'none' },
  ]);
  assert.deepEqual(parseModels('nonsense'), []);
});

test('refusals keep their words and codes, and say nothing of the server’s own key', async (t) => {
  const { h, client, upstream } = await setUp(t);
  const details = {
    error_code: 'image_dimensions_too_large',
    max_side_length_pixels: 2000,
    paths: ['messages.0.content.1'],
  };
  upstream.refuse(400, { type: 'error', error: { type: 'invalid_request_error', message: 'Too big.', details } });
  await assert.rejects(client.messages.create({ ...hello, model: 'claude-opus-5' }), (error: unknown) => {
    assert.ok(error instanceof Anthropic.BadRequestError);
    // Claude Code goes by the words.
    assert.deepEqual((error.error as { error: object }).error, {
      type: 'invalid_request_error',
      message: 'Too big.',
      details,
    });
    return true;
  });
  upstream.refuse(400, {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'prompt is too long: 9 > 8' },
  });
  const tooLong = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'claude-opus-5', messages: hello.messages }),
  });
  assert.equal(((await tooLong.json()) as { error: { code: string } }).error.code, 'context_length_exceeded');
  const spent = { error_code: 'contract_spend_limit_reached' };
  upstream.refuse(402, { type: 'error', error: { type: 'billing_error', message: 'Spent.', details: spent } });
  await assert.rejects(client.messages.create({ ...hello, model: 'claude-opus-5' }), (error: unknown) => {
    assert.ok(error instanceof Anthropic.APIError);
    assert.deepEqual((error.error as { error: { details: object } }).error.details, spent);
    return true;
  });
  upstream.refuse(529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
  await assert.rejects(client.messages.create({ ...hello, model: 'claude-opus-5' }), { status: 529 });
  upstream.refuse(401, { type: 'error', error: { type: 'authentication_error', message: `bad ${fakeAnthropicKey}` } });
  await assert.rejects(client.messages.create({ ...hello, model: 'claude-opus-5' }), { status: 502 });
  assert.ok(!JSON.stringify(h.logs).includes(fakeAnthropicKey));
});

test('thinking that was signed elsewhere is left out when it is refused', async (t) => {
  const { client, upstream } = await setUp(t);
  const foreign = [
    { type: 'thinking' as const, thinking: 'Hm.', signature: 'foreign' },
    { type: 'text' as const, text: 'Yes.' },
  ];
  const messages = [
    ...hello.messages,
    { role: 'assistant' as const, content: foreign },
    { role: 'user' as const, content: 'Go on.' },
  ];
  const answer = await client.messages.create({ max_tokens: 2048, model: 'claude-opus-5', messages });
  assert.equal(answer.content.at(-1)?.type, 'text');
  assert.deepEqual(
    upstream.requests.map(({ status }) => status),
    [400, 200],
  );
  assert.deepEqual(upstream.last.body.messages[1].content, [{ type: 'text', text: 'Yes.' }]);
});

test('a key alone makes the provider, without a file', async (t) => {
  const { upstream } = await setUp(t);
  const h = await createHarness(t, {
    isSignedIn: false,
    env: { OPENCOMPAT_ANTHROPIC_API_KEY: fakeAnthropicKey },
    config: { modelsRefresh: 0 },
  });
  const states = (await (await h.fetch('/ready')).json()) as { providers: Record<string, object> };
  assert.ok('anthropic' in states.providers);
  assert.equal(upstream.requests.length, 0);
});

test('a base URL is taken with what people copy behind it', () => {
  for (const written of [
    'https://a.example',
    'https://a.example/',
    'https://a.example/v1',
    'https://a.example/v1/messages',
  ]) {
    assert.equal(toBaseUrl(written), 'https://a.example');
  }
  assert.equal(toBaseUrl('https://a.example/api/anthropic/'), 'https://a.example/api/anthropic');
});
