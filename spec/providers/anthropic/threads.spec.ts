/** Threads of clients whose requests are passed on to a server of their own API, and of servers that share a Redis. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { createFakeAnthropic, fakeAnthropicKey } from '../../support/fake-anthropic.ts';
import { startFakeRedis } from '../../support/fake-redis.ts';
import { createHarness, type Harness, type HarnessOptions } from '../../support/index.ts';

const clientOf = ({ url }: Harness) => new Anthropic({ baseURL: url, apiKey: 'a-client-key', maxRetries: 0 });

async function startUpstream(t: TestContext) {
  const upstream = await createFakeAnthropic();
  t.after(() => upstream.close());
  const providers = { anthropic: { type: 'anthropic', baseURL: upstream.url, apiKey: fakeAnthropicKey } };
  const start = (config: HarnessOptions['config'] = {}) =>
    createHarness(t, { isSignedIn: false, providers, config: { rateLimit: 0, ...config } });
  return { upstream, start };
}

test('a thread is passed on whole, with all that the client and the server wrote', async (t) => {
  const { upstream, start } = await startUpstream(t);
  const client = clientOf(await start());
  const cached = { type: 'ephemeral' as const };
  const system = [{ type: 'text' as const, text: 'Be kind.', cache_control: cached }];
  const tools = [{ name: 'weather', input_schema: { type: 'object' as const, properties: {} }, cache_control: cached }];
  const shared = { model: 'claude-sonnet-4-5', max_tokens: 2048 };
  const thinking = { type: 'enabled' as const, budget_tokens: 1024 };
  const thread = client.beta.messages.thread({ ...shared, system, tools, thinking });
  upstream.answer([{ reasoning: ['Hm.'] }, { call: 'weather', arguments: '{"city":"Oslo"}' }]);
  const one = await thread.stream({ role: 'user', content: 'First?' }).finalMessage();
  const [, call] = one.content;
  assert.ok(call?.type === 'tool_use');
  const result = { type: 'tool_result' as const, tool_use_id: call.id, content: 'Rain', cache_control: cached };
  upstream.answer('Wet.', 'second');
  const two = await thread.send({ role: 'user', content: [result] });
  await thread.send({ role: 'user', content: 'Third?' });
  const { body } = upstream.last;
  assert.deepEqual(body.messages, [
    { role: 'user', content: 'First?' },
    { role: 'assistant', content: one.content },
    { role: 'user', content: [result] },
    { role: 'assistant', content: two.content },
    { role: 'user', content: 'Third?' },
  ]);
  assert.deepEqual([body.system, body.tools, body.thread], [system, tools, undefined]);
  const marked = [{ type: 'text' as const, text: 'Again?', cache_control: cached }];
  for (const id of ['fourth', 'fifth', 'sixth']) {
    upstream.answer('Yes.', id);
    await thread.send({ role: 'user', content: marked });
  }
  const marks = JSON.stringify(upstream.last.body.messages).split('cache_control').length - 1;
  assert.equal(marks, 2, 'two more are in system and tools, and there may be four');
  assert.deepEqual(upstream.last.body.messages.at(-3).content, marked);
});

test('no two servers continue from one message at once', async (t) => {
  const { upstream, start } = await startUpstream(t);
  const redis = await startFakeRedis(t);
  const config = { redis: { url: redis.url }, redisEncryptionKey: 'k'.repeat(32) };
  const [first, second] = [clientOf(await start(config)), clientOf(await start(config))];
  const hello = { model: 'claude-opus-5', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };
  const send = (client: Anthropic, thread: object) => client.beta.messages.create({ ...hello, thread } as never);
  const { id } = (await send(first, { type: 'create' })) as Anthropic.Message;
  const next = { type: 'continue', previous_message_id: id };
  const answers = await Promise.allSettled([send(first, next), send(second, next)]);
  const [refused, ...others] = answers.filter((answer) => answer.status === 'rejected');
  assert.equal(others.length, 0);
  assert.match(JSON.stringify(refused?.reason.error), /thread_(continue_in_flight|already_continued)/);
  for (const client of [first, second]) {
    await assert.rejects(send(client, next), /thread_(continue_in_flight|already_continued)/);
  }
  assert.equal(upstream.requests.length, 2);
});
