/** Conversations that are held here between their turns (beta message-threads-2026-08-12). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import { startFakeRedis } from '../../support/fake-redis.ts';
import { createHarness, type Harness, scriptAnswer } from '../../support/index.ts';

const first = { model: 'gpt-5.5', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };

function clientOf(h: Harness): Anthropic {
  return new Anthropic({ baseURL: h.url, apiKey: 'none', maxRetries: 0 });
}

function textsOf({ body }: { body: { input: { content?: { text: string }[] }[] } }): string[] {
  return body.input.flatMap(({ content }) => (Array.isArray(content) ? content.map(({ text }) => text) : []));
}

async function readCode(answer: Response): Promise<string | undefined> {
  const { error } = (await answer.json()) as { error: { details?: { error_code: string } } };
  return error.details?.error_code;
}

const post = (h: Harness, body: object) =>
  h.fetch('/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('the SDK sends only what is new, and the model is given the whole, streamed or not', async (t) => {
  const h = await createHarness(t);
  const thread = clientOf(h).beta.messages.thread({ model: 'gpt-5.5', max_tokens: 100, system: 'Be kind.' });
  h.upstream.reply(scriptAnswer('One.'));
  const one = await thread.send({ role: 'user', content: 'First?' });
  assert.equal(thread.previousMessageId, one.id);
  h.upstream.reply(scriptAnswer('Two.'));
  const two = await thread.stream({ role: 'user', content: 'Second?' }).finalMessage();
  assert.deepEqual(textsOf(h.upstream.last), ['First?', 'One.', 'Second?']);
  assert.equal(h.upstream.last.body.instructions, 'Be kind.');
  h.upstream.reply(scriptAnswer('Three.'));
  await thread.send({ role: 'user', content: 'Third?' });
  assert.deepEqual(textsOf(h.upstream.last), ['First?', 'One.', 'Second?', 'Two.', 'Third?']);
  assert.notEqual(two.id, one.id);
  assert.equal(h.upstream.requests.length, 3);
});

test('a client that leaves while its thread is looked up blocks nobody', { timeout: 10_000 }, async (t) => {
  const redis = await startFakeRedis(t);
  const h = await createHarness(t, {
    config: { redis: { url: redis.url }, redisEncryptionKey: 'a'.repeat(64), rateLimit: 0 },
  });
  const begun = (await (await post(h, { ...first, thread: { type: 'create' } })).json()) as Anthropic.Message;
  const next = JSON.stringify({ ...first, thread: { type: 'continue', previous_message_id: begun.id } });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: next };
  const until = async (isTrue: () => boolean) => {
    while (!isTrue() && !t.signal.aborted) await sleep(5);
  };
  const before = redis.commands.length;
  redis.ailment = 'silent';
  const leaving = new AbortController();
  const left = h.fetch('/v1/messages', { ...init, signal: leaving.signal }).catch(() => {});
  await until(() => redis.commands.length > before);
  leaving.abort();
  await left;
  await until(() => h.logs.some(({ status }) => status === 499));
  redis.ailment = undefined;
  let status: number | undefined;
  // What it has begun to look up comes first.
  while (status !== 200 && !t.signal.aborted) {
    const answer = await h.fetch('/v1/messages', init);
    ({ status } = answer);
    await answer.text();
    await sleep(20);
  }
  assert.equal(status, 200);
});

test('the resultsof tools find their calls', async (t) => {
  const h = await createHarness(t);
  const tools = [{ name: 'weather', input_schema: { type: 'object', properties: {} } }];
  h.upstream.reply(scriptAnswer([{ call: 'weather', arguments: '{}' }]));
  const called = (await (await post(h, { ...first, tools, thread: { type: 'create' } })).json()) as Anthropic.Message;
  const [call] = called.content as Anthropic.ToolUseBlock[];
  const result = { type: 'tool_result', tool_use_id: call!.id, content: 'Rain' };
  const answer = await post(h, {
    ...first,
    messages: [{ role: 'user', content: [result] }],
    thread: { type: 'continue', previous_message_id: called.id },
  });
  assert.equal(answer.status, 200);
  const { input, tools: sent } = h.upstream.last.body;
  assert.deepEqual(
    input.map(({ type }: { type: string }) => type),
    ['message', 'function_call', 'function_call_output'],
  );
  assert.equal(sent[0].name, 'weather');
});

test('each refusal has the code by which clients know what to do', async (t) => {
  const h = await createHarness(t);
  const created = (await (await post(h, { ...first, thread: { type: 'create' } })).json()) as { id: string };
  const next = { ...first, thread: { type: 'continue', previous_message_id: created.id } };
  const changed = await post(h, { ...next, system: 'Other.' });
  assert.deepEqual([changed.status, await readCode(changed)], [400, 'thread_fingerprint_mismatch']);

  h.upstream.refuse(500, { error: { message: 'broken' } });
  assert.notEqual((await post(h, next)).status, 200);
  assert.equal((await post(h, next)).status, 200, 'what failed is not continued');
  const again = await post(h, next);
  assert.deepEqual([again.status, await readCode(again)], [400, 'thread_already_continued']);
  const unknown = await post(h, { ...first, thread: { type: 'continue', previous_message_id: 'msg_x' } });
  assert.deepEqual([unknown.status, await readCode(unknown)], [404, 'thread_not_found']);
  const odd = await post(h, { ...first, thread: { type: 'fork' } });
  assert.deepEqual([odd.status, await readCode(odd)], [400, 'thread_unsupported_request']);
});

test('no two requests continue from one message at once', async (t) => {
  const h = await createHarness(t);
  const created = (await (await post(h, { ...first, thread: { type: 'create' } })).json()) as { id: string };
  const next = { ...first, thread: { type: 'continue', previous_message_id: created.id } };
  const answers = await Promise.all([post(h, next), post(h, next)]);
  const refused = answers.find(({ status }) => status === 400);
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(await readCode(refused!), 'thread_continue_in_flight');
});

test('another client key does not see the thread, nor does a server that keeps nothing hold one', async (t) => {
  const [mine, other] = ['sk-mine-0123456789abcdef', 'sk-other-0123456789abcdef'];
  const h = await createHarness(t, { config: { apiKeys: [mine, other] } as never });
  const ask = (key: string, body: object) =>
    h.fetch('/v1/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify(body),
    });
  const created = (await (await ask(mine, { ...first, thread: { type: 'create' } })).json()) as { id: string };
  const next = { ...first, thread: { type: 'continue', previous_message_id: created.id } };
  assert.equal((await ask(other, next)).status, 404);
  assert.equal((await ask(mine, next)).status, 200);

  const forgetful = await createHarness(t, { config: { responsesStore: 'off' } });
  const refused = await post(forgetful, { ...first, thread: { type: 'create' } });
  assert.deepEqual([refused.status, await readCode(refused)], [400, 'thread_unsupported_request']);
});

test('a thread is no answer of the Responses API', async (t) => {
  const h = await createHarness(t);
  const { id } = (await (await post(h, { ...first, thread: { type: 'create' } })).json()) as Anthropic.Message;
  assert.equal((await h.fetch(`/v1/responses/${id}`)).status, 404);
  const continued = await h.fetch('/v1/responses', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'And?', previous_response_id: id }),
  });
  assert.equal(continued.status, 400);
});
