/** What the Responses API has gained in the autumn of 2026. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import type { APIError } from 'openai';
import { WebSocket } from 'ws';
import { createFakeOpenAiServer } from '../../support/fake-openai-server.ts';
import { createHarness, scriptAnswer } from '../../support/index.ts';

const model = 'gpt-5.5';
const messages = [{ role: 'user' as const, content: 'Hello' }];

test('preparing the prompt cache asks no upstream, and says that nothing was prepared', async (t) => {
  const h = await createHarness(t);
  const prompt_cache_options = { prewarm: true, ttl: '12h' as const };
  const { data, response } = await h.client.responses
    .create({ model, input: 'Hello', prompt_cache_options })
    .withResponse();
  assert.deepEqual([data.status, data.output], ['completed', []]);
  assert.match(response.headers.get('x-opencompat-ignored')!, /prompt_cache_options\.prewarm/);
  assert.equal(h.upstream.requests.length, 0);
});

test('an answer tells what it wrote to the cache, also where the upstream does not', async (t) => {
  const h = await createHarness(t);
  const { usage } = await h.client.responses.create({ model, input: 'Hello' });
  assert.equal(usage!.input_tokens_details.cache_write_tokens, 0);
  const written = { ttl_30m_tokens: 3, ttl_12h_tokens: 4 };
  const details = { cached_tokens: 0, cache_write_tokens: 7, cache_write_tokens_details: written };
  h.upstream.reply(scriptAnswer('Yes.', { usage: { ...usage!, input_tokens_details: details } as never }));
  const told = await h.client.responses.create({ model, input: 'Hello' });
  assert.deepEqual(told.usage!.input_tokens_details, details);
});

for (const [incomplete, finishReason, stopReason] of [
  ['steered', 'stop', 'end_turn'],
  ['max_messages', 'length', 'max_tokens'],
] as const) {
  test(`an answer that ended as ${incomplete} says so in every API`, async (t) => {
    const h = await createHarness(t);
    const reply = () => h.upstream.reply(scriptAnswer('Half', { end: { incomplete } }));
    reply();
    const response = await h.client.responses.create({ model, input: 'Hello' });
    assert.deepEqual([response.status, response.incomplete_details?.reason], ['incomplete', incomplete]);
    reply();
    const chat = await h.client.chat.completions.create({ model, messages });
    assert.equal(chat.choices[0]!.finish_reason, finishReason);
    reply();
    const anthropic = new Anthropic({ baseURL: h.url, apiKey: 'none', maxRetries: 0 });
    const message = await anthropic.messages.create({ model, messages, max_tokens: 100 });
    assert.equal(message.stop_reason, stopReason);
  });
}

test('what the upstream reports of the request and its features is in the answer', async (t) => {
  const h = await createHarness(t);
  const reported = {
    prompt_cache_diagnostics: { type: 'cache_miss', reason: 'tools_changed', cache_missed_tokens: 5 },
    prompt_cache_options: { mode: 'implicit', ttl: '12h' },
    input_transformations: [{ id: 'rs_1', type: 'reasoning', action: 'removed', reason: 'model_mismatch' }],
    tool_usage: { web_search: { num_requests: 1 } },
  };
  const events = scriptAnswer('Yes.');
  Object.assign(events.at(-1)!.response as object, reported, { image: null });
  const body = { model, input: 'Hello', reasoning: { mode: 'pro', context: 'all_turns' as const } };
  h.upstream.reply(events).reply(events);
  for (const answer of [await h.client.responses.create(body), await h.client.responses.stream(body).finalResponse()]) {
    assert.partialDeepStrictEqual({ ...answer }, { ...reported, reasoning: body.reasoning });
    assert.ok(!('image' in answer));
  }
});

test('an answer that was blocked for misalignment is not asked for again, and tells why', async (t) => {
  const h = await createHarness(t);
  const misalignment = { error_type: 'other', review_target: 'review_1', steer: { message: 'Ask first.' } };
  const failed = { code: 'misalignment_policy_violation', message: 'Blocked.', misalignment };
  h.upstream.reply(scriptAnswer([], { end: { failed } }));
  const client = h.client.withOptions({ maxRetries: 2 });
  await assert.rejects(client.responses.create({ model, input: 'Hello' }), ({ status, code, error }: APIError) => {
    assert.deepEqual([status, code], [400, failed.code]);
    assert.deepEqual((error as { misalignment?: unknown }).misalignment, misalignment);
    return true;
  });
  assert.equal(h.upstream.requests.length, 1);
  h.upstream.reply(scriptAnswer('So', { end: { failed } }));
  let last: object = {};
  for await (const event of await h.client.responses.create({ model, input: 'Hello', stream: true })) last = event;
  assert.partialDeepStrictEqual(last, { type: 'response.failed', response: { error: failed } });
});

test('a stream says when the conversation is being compacted', async (t) => {
  const h = await createHarness(t);
  const events = scriptAnswer('Yes.');
  events.splice(-1, 0, { type: 'response.compaction.compacting', item_id: 'cmp_1', output_index: 1 });
  h.upstream.reply(events);
  const seen: string[] = [];
  for await (const { type } of await h.client.responses.create({ model, input: 'Hello', stream: true }))
    seen.push(type);
  assert.ok(seen.includes('response.compaction.compacting'), seen.join());
});

test('a trigger in the stream gives one compaction, at Codex’s root path too, over HTTP and a WebSocket', async (t) => {
  const h = await createHarness(t);
  const body = {
    model: 'gpt-5.5',
    store: false,
    input: [{ type: 'message', role: 'user', content: 'Hello' }, { type: 'compaction_trigger' }],
  };
  const compactionsOf = (types: readonly { type: string; item?: { type: string; encrypted_content?: string } }[]) =>
    types.flatMap(({ type, item }) =>
      type === 'response.output_item.done' && item?.type === 'compaction' ? [item.encrypted_content] : [],
    );
  for (const path of ['/responses', '/v1/responses']) {
    h.upstream.reply(scriptAnswer([{ reasoning: ['Hm.'] }, { compaction: 'gAAAAAshort' }]));
    const headers = { 'content-type': 'application/json' };
    const answer = await h.fetch(path, { method: 'POST', headers, body: JSON.stringify({ ...body, stream: true }) });
    const events = [...(await answer.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!));
    assert.deepEqual(compactionsOf(events), ['gAAAAAshort'], path);
    assert.deepEqual(h.upstream.last.body.input.at(-1), { type: 'compaction_trigger' });
    const socket = new WebSocket(`${h.url.replace('http', 'ws')}${path}`);
    await once(socket, 'open');
    const frames: { type: string }[] = [];
    const ended = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        frames.push(JSON.parse(String(data)));
        if (frames.at(-1)!.type === 'response.completed') resolve();
      });
    });
    socket.send(JSON.stringify({ type: 'response.create', ...body }));
    await ended;
    socket.close();
    assert.equal(compactionsOf(frames).length, 1, path);
  }
});

test('a model shows the day of its end, where its provider tells it', async (t) => {
  const box = await createFakeOpenAiServer({
    models: ['a', { id: 'b', object: 'model', shutdown_date: '2026-12-11' }],
  });
  t.after(() => box.close());
  const h = await createHarness(t, { providers: { box: { type: 'openai-compatible', baseURL: box.url } } });
  const days = new Map((await h.client.models.list()).data.map(({ id, shutdown_date }) => [id, shutdown_date]));
  assert.deepEqual([days.get('a'), days.get('b')], [undefined, '2026-12-11']);
});
