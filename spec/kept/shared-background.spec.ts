/** Answers that one server makes in the background, for clients that ask another one: the two share a Redis. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { OpenAI } from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { type Replica, startTwo } from '../redis/replicas.ts';
import { startFakeRedis } from '../support/fake-redis.ts';
import { createHarness, scriptAnswer } from '../support/index.ts';
import { words } from '../support/resuming-client.ts';

const question = { model: 'gpt-5.5', input: 'Hello', background: true } as const;
const clientOf = ({ url }: Replica, apiKey = 'sk-one') => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

async function read(client: OpenAI, id: string, startingAfter: number, most = Number.POSITIVE_INFINITY) {
  const events: ResponseStreamEvent[] = [];
  const stream = await client.responses.retrieve(id, { stream: true, starting_after: startingAfter });
  for await (const event of stream) {
    events.push(event);
    if (events.length >= most) break;
  }
  return events;
}

test('an answer in the background is every server’s', async (t) => {
  const { upstream, first, second } = await startTwo(t);
  const [here, there] = [clientOf(first), clientOf(second)];

  async function startHalf() {
    upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
    const before = upstream.requests.length;
    const { id } = await here.responses.create(question);
    while (upstream.requests.length === before) await sleep(1);
    return id;
  }

  await t.test('it is followed from server to server, each event once, while it runs and afterwards', async () => {
    upstream.reply(scriptAnswer([{ text: words }]));
    const { id } = await here.responses.create(question);
    const events: ResponseStreamEvent[] = [];
    for (let turn = 0; events.at(-1)?.type !== 'response.completed'; turn += 1) {
      events.push(...(await read([there, here][turn % 2]!, id, events.length - 1, turn > 20 ? undefined : 70)));
    }
    assert.deepEqual(
      events.map((event) => event.sequence_number),
      events.map((_, index) => index),
    );
    const deltas = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : ''));
    assert.equal(deltas.join(''), words);
    assert.ok(events.length > 100, `${events.length} events`);
    await assert.rejects(read(there, id, 999_999), { status: 400, param: 'starting_after' });
  });

  await t.test('live, for its owner alone', async () => {
    const id = await startHalf();
    const stranger = clientOf(second, 'sk-two');
    await assert.rejects(read(stranger, id, -1), { status: 404 });
    await assert.rejects(stranger.responses.cancel(id), { status: 404 });
    assert.match((await there.responses.retrieve(id)).status!, /^(queued|in_progress)$/);
    const all = read(there, id, -1);
    await sleep(200);
    upstream.last.resume();
    assert.deepEqual(await all, await read(here, id, -1));
  });

  await t.test('cancelled and deleted elsewhere, it lets go of the upstream', async () => {
    const cancelled = await startHalf();
    assert.equal((await there.responses.cancel(cancelled)).status, 'cancelled');
    assert.equal(await upstream.last.aborted, true);
    assert.equal((await here.responses.retrieve(cancelled)).status, 'cancelled');
    const deleted = await startHalf();
    await there.responses.delete(deleted);
    assert.equal(await upstream.last.aborted, true);
    await assert.rejects(here.responses.retrieve(deleted), { status: 404 });
  });

  await t.test('it is lost with its server, and every way of asking says so', async () => {
    const id = await startHalf();
    const stream = await there.responses.retrieve(id, { stream: true });
    const events = stream[Symbol.asyncIterator]();
    assert.equal((await events.next()).value?.type, 'response.created');
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    let last: ResponseStreamEvent | undefined;
    for (let next = await events.next(); !next.done; next = await events.next()) {
      assert.equal(next.value.sequence_number, (last?.sequence_number ?? 0) + 1);
      last = next.value;
    }
    assert.ok(last?.type === 'response.failed');
    assert.deepEqual([last.response.id, String(last.response.error?.code)], [id, 'background_lost']);
    const [told, cancelled, again] = await Promise.all([
      there.responses.retrieve(id),
      there.responses.cancel(id),
      read(there, id, -1),
    ]);
    assert.deepEqual([told.status, String(told.error?.code)], ['failed', 'background_lost']);
    assert.equal(cancelled.status, 'failed');
    assert.equal(again.at(-1)?.type, 'response.failed');
  });
});

test('an ended answer is told from the beginning elsewhere, though its first events are gone', async (t) => {
  const redis = await startFakeRedis(t);
  const start = () =>
    createHarness(t, {
      config: { redis: { url: redis.url }, redisEncryptionKey: 'k'.repeat(32), resumeMaxBytes: 65_536, rateLimit: 0 },
    });
  const [first, second] = [await start(), await start()];
  first.upstream.reply(scriptAnswer([{ text: words.repeat(4) }]));
  const { id } = await first.client.responses.create(question);
  const isRunning = async () => /queued|progress/.test((await second.client.responses.retrieve(id)).status!);
  while (await isRunning()) await sleep(20);
  // Its last events come there, and its first ones go, a little later.
  const isGone = (error: { status?: number }) => error.status === 410;
  while (!(await read(second.client, id, 0).then(() => false, isGone))) await sleep(20);
  const deltas = (await read(second.client, id, -1)).map((event) =>
    event.type === 'response.output_text.delta' ? event.delta : '',
  );
  assert.equal(deltas.join(''), words.repeat(4));
});
