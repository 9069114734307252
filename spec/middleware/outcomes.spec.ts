/** What the log and the metrics say became of a request, however it ended: the status of a stream cannot tell. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BoxHarness, createBoxHarness, hello, post, startFake } from '../support/box-harness.ts';
import { scriptChunks } from '../support/fake-openai-server.ts';
import type { LogLine } from '../support/harness.ts';

/** The line of the newest request for an answer. */
async function lineOf(h: BoxHarness, answer: Response): Promise<LogLine> {
  await answer.text().catch(() => {});
  const id = answer.headers.get('x-request-id');
  for (;;) {
    const line = h.logs.find((candidate) => candidate.message === 'request' && candidate.id === id);
    if (line) return line;
    await nextTurn();
  }
}

const ask = (h: BoxHarness, stream: boolean, path: string, more: object = {}) =>
  post(h, path, { model: 'fake-model', messages: hello, stream, max_tokens: 100, ...more });

/** One that is passed on as it comes, one that is read and written anew. */
const paths = ['/v1/chat/completions', '/v1/messages'];
const refusal = [
  {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { refusal: 'No.' }, finish_reason: null }],
  },
  {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  },
];

async function outcomesOf(t: TestContext, script: (h: BoxHarness) => void): Promise<unknown[]> {
  const h = await createBoxHarness(t);
  const outcomes: unknown[] = [];
  for (const path of paths) {
    script(h);
    outcomes.push((await lineOf(h, await ask(h, true, path))).outcome);
  }
  const text = await (await h.fetch('/metrics')).text();
  for (const outcome of outcomes) {
    assert.match(text, new RegExp(`opencompat_requests_total\\{.*provider="box",outcome="${outcome}",`));
  }
  return outcomes;
}

const cases: [outcome: string, script: (h: BoxHarness) => void][] = [
  ['ok', (h) => h.box.reply(scriptChunks('Hello "finish_reason":"length"'))],
  ['incomplete', (h) => h.box.reply(scriptChunks('Hello', { finishReason: 'length' }))],
  ['filtered', (h) => h.box.reply(scriptChunks('Hello', { finishReason: 'content_filter' }))],
  ['refused', (h) => h.box.reply(refusal)],
  ['upstream-failed', (h) => h.box.reply(scriptChunks('Hello there'), { cutAfterBytes: 500 })],
  ['upstream-failed', (h) => h.box.refuse(503, { error: { message: 'Busy.' } })],
  ['rejected', (h) => h.box.refuse(400, { error: { message: 'Bad tools.' } })],
  ['filtered', (h) => h.box.refuse(400, { error: { message: 'Flagged.', code: 'content_filter' } })],
  ['limited', (h) => h.box.refuse(429, { error: { message: 'Slow down.' } })],
  ['signed-out', (h) => h.box.refuse(401, { error: { message: 'Bad key.' } })],
];

for (const [index, [outcome, script]] of cases.entries()) {
  test(`${index}: ${outcome}`, async (t) => {
    assert.deepEqual(await outcomesOf(t, script), [outcome, outcome]);
  });
}

test('a whole answer that is passed on has an outcome too', async (t) => {
  const h = await createBoxHarness(t);
  const whole = (finish_reason: string, message: object) => ({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'x', ...message }, finish_reason }],
  });
  const outcomes: unknown[] = [];
  for (const body of [
    whole('stop', {}),
    whole('length', {}),
    whole('content_filter', {}),
    whole('stop', { refusal: 'No.' }),
  ]) {
    h.box.refuse(200, body);
    outcomes.push((await lineOf(h, await ask(h, false, paths[0]!))).outcome);
  }
  assert.deepEqual(outcomes, ['ok', 'incomplete', 'filtered', 'refused']);
});

test('a client that leaves', async (t) => {
  const h = await createBoxHarness(t);
  h.box.reply(scriptChunks('Hello there'), { hang: true });
  const leaving = new AbortController();
  const answer = await h.fetch(paths[0]!, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fake-model', messages: hello, stream: true }),
    signal: leaving.signal,
  });
  await answer.body!.getReader().read();
  leaving.abort();
  const line = await lineOf(h, new Response('', { headers: answer.headers }));
  assert.equal(line.outcome, 'client-left');
});

test('a line says why a request failed: its parameter, what the upstream said, what was tried before', async (t) => {
  const second = await startFake(t, { models: ['other'] });
  const h = await createBoxHarness(t, {
    providers: { second: { type: 'openai-compatible', baseURL: second.url } },
    config: { aliases: { both: ['box/fake-model', 'second/other'] } },
  });
  const own = await lineOf(h, await post(h, paths[0]!, { model: 'fake-model', messages: 'Hello' }));
  assert.equal(own.param, 'messages');
  assert.match(String(own.reason), /messages/);
  h.box.refuse(503, { error: { message: 'Busy.' } });
  second.refuse(422, {
    error: { message: 'tools.0: is\u001b[2J\n\nbroken sk-abcdefghijklmnopqrstuvwxyz0123456789', param: 'tools' },
  });
  const line = await lineOf(h, await ask(h, false, paths[0]!, { model: 'both' }));
  assert.deepEqual(
    [line.provider, line.upstream_model, line.upstream_status, line.param, line.error],
    ['second', 'other', 422, 'tools', 'OC_UPSTREAM_BAD_REQUEST'],
  );
  assert.match(String(line.reason), /^tools\.0: is.*broken/);
  assert.doesNotMatch(String(line.reason), /sk-abc|\p{Cc}/u);
  assert.deepEqual(line.tried, ['box/fake-model OC_OVERLOADED 503']);
});
