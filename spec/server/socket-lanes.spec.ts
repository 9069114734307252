/** Several conversations on one WebSocket: `stream_id` of OpenAI's WebSocket mode. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFake } from '../support/box-harness.ts';
import { scriptAnswer } from '../support/index.ts';
import { checkResponseEvents, type Json } from '../support/response-stream-checker.ts';
import { openConnection as open, textOf } from '../support/socket-connection.ts';

test('lanes run side by side, those of one lane take turns, and each event names its own', async (t) => {
  const [h, connection] = await open(t);
  h.upstream.reply(scriptAnswer('First of a.'), { pauseAfterBytes: 2000 });
  connection.create({ stream_id: 'a' });
  const first = await h.upstream.waitForRequest(0);
  h.upstream.reply(scriptAnswer('Only of b.'));
  connection.create({ stream_id: 'a', input: 'Second' });
  connection.create({ stream_id: 'b' });
  assert.equal(textOf(await connection.answer('b')), 'Only of b.');
  assert.equal(h.upstream.requests.length, 2);

  h.upstream.reply(scriptAnswer('Second of a.'));
  first.resume();
  for (const text of ['First of a.', 'Second of a.']) {
    const events = await connection.answer('a');
    assert.equal(textOf(events), text);
    assert.ok(events.every(({ stream_id }) => stream_id === 'a'));
    checkResponseEvents(events.map(({ stream_id: _, ...event }) => event as Json));
  }
  assert.ok(h.upstream.requests.every(({ body }) => body.stream_id === undefined));
});

test('a lane may go on from an answer of another', async (t) => {
  const [h, connection] = await open(t);
  h.upstream.reply(scriptAnswer('Root.'));
  connection.create({ stream_id: 'root' });
  const { response } = (await connection.answer('root')).at(-1) as { response: Json };
  for (const stream_id of ['left', 'right']) {
    connection.create({ stream_id, previous_response_id: response.id, input: stream_id });
  }
  for (const lane of ['left', 'right'])
    assert.equal((await connection.answer(lane)).at(-1)!.type, 'response.completed');
  const forks = h.upstream.requests.slice(1).map(({ body }) => body.input.length);
  assert.deepEqual(forks, [3, 3]);
});

test('an upstream that is passed the body does not see the lane', async (t) => {
  const box = await startFake(t, { hasResponses: true });
  const [, connection] = await open(t, { providers: { box: { type: 'openai-compatible', baseURL: box.url } } });
  connection.create({ stream_id: 'a', model: 'box/fake-model', own_field: 1 });
  assert.equal((await connection.answer('a')).at(-1)!.type, 'response.completed');
  const { stream_id, type, own_field } = box.last.body;
  assert.deepEqual([stream_id, type, own_field], [undefined, undefined, 1]);
});

test('errors name their lane, and there are no more requests than allowed', async (t) => {
  const [h, connection] = await open(t, { config: { websocketMaxRequests: 2 } });
  h.upstream.reply(scriptAnswer('One.'), { pauseAfterBytes: 2000 });
  connection.create({ stream_id: 'a' });
  const first = await h.upstream.waitForRequest(0);
  connection.create({ stream_id: 'a' });
  connection.create({ stream_id: 'b' });
  const [error] = await connection.answer('b');
  assert.deepEqual([error!.status, (error!.error as Json).code], [429, 'rate_limit_exceeded']);
  first.resume();
  await connection.answer('a');
  await connection.answer('a');

  connection.create({ stream_id: 'c', model: 'gpt-9' });
  assert.equal((await connection.answer('c')).at(-1)!.status, 404);
  for (const stream_id of ['', 5, 'x'.repeat(300)]) {
    connection.create({ stream_id });
    const [refused] = await connection.answer();
    assert.equal((refused!.error as Json).param, 'stream_id');
  }
});

test('items for an agent within an answer are given back, and the answer goes on', async (t) => {
  const [h, connection] = await open(t);
  h.upstream.reply(scriptAnswer('On and on.'), { pauseAfterBytes: 2000 });
  connection.create({ stream_id: 'a' });
  const running = await h.upstream.waitForRequest(0);
  const input = [{ type: 'function_call_output', call_id: 'call_1', output: 'Yes' }];
  // The SDK's type has it in its beta alone.
  connection.ws.send({ type: 'response.inject', response_id: 'resp_1', input } as never);
  const [returned] = await connection.answer();
  assert.partialDeepStrictEqual(returned, {
    type: 'response.inject.failed',
    error: { code: 'response_not_found' },
    response_id: 'resp_1',
    input,
  });
  running.resume();
  assert.equal(textOf(await connection.answer('a')), 'On and on.');
});
