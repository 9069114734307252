/** Servers with one Redis know one quota. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { hello, post, startFake } from '../support/box-harness.ts';
import type { FakeOpenAiServer } from '../support/fake-openai-server.ts';
import { type FakeRedis, startFakeRedis } from '../support/fake-redis.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { scriptChatCompletion } from '../support/scripted-forms.ts';

async function startServer(t: TestContext, redis: FakeRedis, box: FakeOpenAiServer): Promise<Harness> {
  return createHarness(t, {
    isSignedIn: false,
    providers: { box: { type: 'openai-compatible', baseURL: box.url, quota: { reserve: '10%', atReserve: 'refuse' } } },
    config: { redis: { url: redis.url }, redisEncryptionKey: 'k'.repeat(32), rateLimit: 0 },
  });
}

async function ask(h: Harness): Promise<number> {
  const answer = await post(h, '/v1/chat/completions', { model: 'box/fake-model', messages: hello });
  await answer.text();
  return answer.status;
}

test('what one server is told the other holds to at once, and goes on with while Redis is away', async (t) => {
  const [redis, box] = [await startFakeRedis(t), await startFake(t)];
  const [first, second] = [await startServer(t, redis, box), await startServer(t, redis, box)];
  assert.equal(await ask(second), 200);
  box.refuse(200, scriptChatCompletion('Hello', { model: 'fake-model' }), {
    'x-ratelimit-limit-tokens-month': '1000000',
    'x-ratelimit-remaining-tokens-month': '10000',
    'x-ratelimit-reset-tokens-month': '864000',
  });
  assert.equal(await ask(first), 200);
  assert.equal(await ask(second), 429);
  redis.ailment = 'silent';
  assert.equal(await ask(second), 429);
  assert.equal(box.requests.length, 2);
});
