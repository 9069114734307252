/** Answers of the Responses API that are made in the background: polled, followed, left and come back to, stopped. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { APIError, OpenAI } from 'openai';
import type { Response as ResponseObject, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { createHarness, type Harness, scriptAnswer } from '../support/index.ts';

const words = Array.from({ length: 2000 }, (_, index) => `w${index} `)
  .join('')
  .trimEnd();
const cuts = 50;
const question = { model: 'gpt-5.5', input: 'Hello', background: true } as const;

async function poll(client: OpenAI, id: string): Promise<ResponseObject> {
  for (;;) {
    const response = await client.responses.retrieve(id);
    if (response.status !== 'queued' && response.status !== 'in_progress') return response;
    await sleep(5);
  }
}

type Stream = AsyncIterable<ResponseStreamEvent>;

/** Reads to the end, or as many events. */
async function read(stream: Stream, most = Number.POSITIVE_INFINITY): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) {
    events.push(event);
    if (events.length >= most) break;
  }
  return events;
}

function follow({ client }: Harness, id: string, startingAfter?: number): Promise<Stream> {
  return client.responses.retrieve(id, {
    stream: true,
    ...(startingAfter !== undefined && { starting_after: startingAfter }),
  });
}

function textOf(events: readonly ResponseStreamEvent[]): string {
  return events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
}

async function isRefused(answer: Promise<unknown>, status: number, param?: string): Promise<void> {
  await assert.rejects(answer, (error) => {
    assert.ok(error instanceof APIError);
    assert.equal(error.status, status);
    if (param !== undefined) assert.equal(error.param, param);
    return true;
  });
}

/** Asks, and waits until the upstream has sent a part of its answer. */
async function startHalf(h: Harness): Promise<ResponseObject> {
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const before = h.upstream.requests.length;
  const response = await h.client.responses.create(question);
  while (h.upstream.requests.length === before) await sleep(1);
  return response;
}

test('an answer is told at once and made without its client', async (t) => {
  const h = await createHarness(t);
  const queued = await startHalf(h);
  assert.deepEqual([queued.status, queued.background, queued.output.length], ['queued', true, 0]);
  assert.match((await h.client.responses.retrieve(queued.id)).status!, /^(queued|in_progress)$/);
  await isRefused(h.client.responses.create({ model: 'gpt-5.5', input: 'x', previous_response_id: queued.id }), 400);
  h.upstream.last.resume();
  const whole = await poll(h.client, queued.id);
  assert.deepEqual([whole.status, whole.background, whole.id], ['completed', true, queued.id]);
  assert.ok(whole.output_text.length > 0);
  const next = await h.client.responses.create({ model: 'gpt-5.5', input: 'x', previous_response_id: queued.id });
  assert.equal(next.status, 'completed');
  const asked = h.upstream.requests[0]!.body as object;
  assert.equal('background' in asked, false);
  assert.deepEqual((await h.client.responses.cancel(queued.id)).output, whole.output);
});

test('large answers are held once, by the store', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heldBytes = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const text = 'x'.repeat(1_000_000);
  const h = await createHarness(t, { config: { resumeMaxBytes: 65_536, responsesMaxBytes: 3_000_000 } });
  const make = async () => {
    h.upstream.reply(scriptAnswer([{ text }]));
    const { id } = await h.client.responses.create(question);
    return poll(h.client, id);
  };
  for (let count = 0; count < 2; count += 1) assert.equal((await make()).output_text.length, text.length);
  const before = heldBytes();
  for (let count = 0; count < 8; count += 1) assert.equal((await make()).status, 'completed');
  const grown = heldBytes() - before;
  assert.ok(grown < 4 * text.length, `${grown} bytes`);
});

test('what is wrong with a request is told as ever, before anything is asked of a model', async (t) => {
  const h = await createHarness(t);
  const create = (fields: object) => h.client.responses.create({ ...question, ...fields } as never);
  await isRefused(create({ store: false }), 400, 'store');
  await isRefused(create({ model: 'no-such-model' }), 404);
  await isRefused(create({ temperature: 'hot' }), 400, 'temperature');
  await isRefused(create({ previous_response_id: 'resp_none' }), 400, 'previous_response_id');
  assert.equal(h.upstream.requests.length, 0);
  const foreground = await h.client.responses.create({ model: 'gpt-5.5', input: 'x' });
  await isRefused(h.client.responses.cancel(foreground.id), 400);
});

test('a stream that is cut fifty times at random comes whole, of one upstream request', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer([{ text: words }]));
  const first = await h.client.responses.create({ ...question, stream: true });
  const events = await read(first, 3);
  const created = events[0]!;
  assert.ok(created.type === 'response.created');
  const { id } = created.response;
  let connections = 1;
  while (events.at(-1)!.type !== 'response.completed') {
    connections += 1;
    const most = connections > cuts ? Number.POSITIVE_INFINITY : 1 + Math.floor(Math.random() * 60);
    events.push(...(await read(await follow(h, id, events.at(-1)!.sequence_number), most)));
  }
  assert.deepEqual(
    events.map((event) => event.sequence_number),
    events.map((_, index) => index),
  );
  assert.equal(textOf(events), words);
  assert.equal(h.upstream.requests.length, 1);
  assert.ok(connections > cuts / 2, `${connections} connections`);
});

test('several readers follow an answer while it is made', async (t) => {
  const h = await createHarness(t);
  const { id } = await startHalf(h);
  await read(await follow(h, id), 2);
  const readers = [follow(h, id), follow(h, id, 1)].map(async (stream) => read(await stream));
  h.upstream.last.resume();
  const [whole, rest] = await Promise.all(readers);
  assert.equal(whole!.at(-1)!.type, 'response.completed');
  assert.deepEqual(rest, whole!.slice(2));
  assert.deepEqual(await read(await follow(h, id)), whole);
  assert.equal(h.upstream.requests.length, 1);
  await isRefused(follow(h, id, 99_999), 400, 'starting_after');
});

test('an answer that has ended is streamed from its beginning, also when its first events are not kept any more', async (t) => {
  const h = await createHarness(t, { config: { resumeMaxBytes: 65_536 } });
  h.upstream.reply(scriptAnswer([{ text: words }]));
  const { id } = await h.client.responses.create(question);
  await poll(h.client, id);
  assert.equal(textOf(await read(await follow(h, id))), words);
  await isRefused(follow(h, id, 3), 410);
});

test('a reader of events that knows nothing of `starting_after` comes back by their ids', async (t) => {
  const h = await createHarness(t, { config: { resumeTimeout: 0.05 } });
  const { id } = await startHalf(h);
  const path = `/v1/responses/${id}?stream=true&starting_after=-1`;
  const comeBack = (lastEventId: string) => h.fetch(path, { headers: { 'last-event-id': lastEventId } });
  h.upstream.last.resume();
  const live = await (await h.fetch(path)).text();
  const ids = [...live.matchAll(/"sequence_number":(\d+).*\nid: (\d+)\n\n/g)];
  assert.deepEqual(
    ids.map(([, number, eventId]) => [number, eventId]),
    ids.map((_, index) => [`${index}`, `${index}`]),
  );
  assert.equal(ids.length, live.match(/^event: /gm)!.length);
  const rest = live.slice(live.indexOf('\nid: 3\n\n') + 8);
  assert.equal(await (await comeBack('3')).text(), rest);
  for (const wrong of ['x', '-2', '1.5', '1e400', '99999']) assert.equal((await comeBack(wrong)).status, 400);

  await sleep(80);
  const again = await (await comeBack('3')).text();
  assert.match(again, /^event: .*\ndata: .*"sequence_number":4.*\nid: 4\n\n/);
  assert.match(await (await comeBack('500')).text(), /^event: response\.completed\ndata: .*\nid: 501\n\n$/);
});

test('cancel and delete let go of the upstream', async (t) => {
  const h = await createHarness(t);
  const { id } = await startHalf(h);
  const reader = read(await follow(h, id));
  const cancelled = await h.client.responses.cancel(id);
  assert.equal(cancelled.status, 'cancelled');
  assert.equal(await h.upstream.last.aborted, true);
  assert.ok((await reader).every(({ type }) => type !== 'response.completed'));
  assert.deepEqual(await h.client.responses.cancel(id), cancelled);
  assert.equal((await h.client.responses.retrieve(id)).status, 'cancelled');

  const other = await startHalf(h);
  await h.client.responses.delete(other.id);
  assert.equal(await h.upstream.last.aborted, true);
  await isRefused(h.client.responses.retrieve(other.id), 404);
});

test('a failure of the upstream is told by the response and by its stream', async (t) => {
  const h = await createHarness(t, { config: { resumeTimeout: 0.05 } });
  h.upstream.refuse(400, { detail: 'The prompt is not good.' });
  const refused = await poll(h.client, (await h.client.responses.create(question)).id);
  assert.equal(refused.status, 'failed');
  assert.match(refused.error!.message, /not good/);
  const live = await read(await follow(h, refused.id));
  assert.deepEqual(
    live.map(({ type }) => type),
    ['response.created', 'response.in_progress', 'response.failed'],
  );
  h.upstream.reply(
    scriptAnswer([{ text: 'Half' }], { end: { failed: { code: 'server_error', message: 'It broke' } } }),
  );
  const broken = await read(await h.client.responses.create({ ...question, stream: true }));
  const end = broken.at(-1)!;
  assert.ok(end.type === 'response.failed');
  await sleep(80);
  const kept = await h.client.responses.retrieve(end.response.id);
  assert.deepEqual([kept.status, kept.error], ['failed', end.response.error]);
  const replayed = await read(await follow(h, kept.id));
  assert.equal(replayed.at(-1)!.type, 'response.failed');
  const [again] = await read(await follow(h, kept.id, 500));
  assert.deepEqual([again!.type, again!.sequence_number], ['response.failed', 501]);
});

test('an answer is its owner’s alone, and each key has so many', async (t) => {
  const config = { apiKeys: ['sk-one', 'sk-two'], backgroundMaxAnswers: 1 };
  const h = await createHarness(t, { config });
  const as = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${h.url}/v1`, maxRetries: 0 });
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const { id } = await as('sk-one').responses.create(question);
  await isRefused(as('sk-two').responses.retrieve(id), 404);
  await isRefused(as('sk-two').responses.cancel(id), 404);
  await isRefused(as('sk-two').responses.delete(id), 404);
  await isRefused(as('sk-none').responses.create(question), 401);
  await isRefused(as('sk-one').responses.create(question), 429);
  await poll(as('sk-two'), (await as('sk-two').responses.create(question)).id);
  await as('sk-one').responses.cancel(id);
  await poll(as('sk-one'), (await as('sk-one').responses.create(question)).id);
});

test('a request is counted and logged once', async (t) => {
  const h = await createHarness(t, { apiKey: 'sk-one', config: { rateLimit: 1000 } });
  const { data, response } = await h.client.responses.create(question).withResponse();
  await poll(h.client, data.id);
  await sleep(20);
  const lines = h.logs.filter(({ path, level }) => path === '/v1/responses' && level === 'info');
  assert.equal(lines.length, 1);
  assert.equal(lines[0]!.upstream_model, 'gpt-5.5');
  assert.equal(lines[0]!.id, response.headers.get('x-request-id'));
  assert.equal(response.headers.get('x-ratelimit-remaining-requests'), '999');
});

test('too long an answer fails', async (t) => {
  const h = await createHarness(t, { config: { backgroundTimeout: 0.05 } });
  const { id } = await startHalf(h);
  const failed = await poll(h.client, id);
  assert.deepEqual([failed.status, failed.error?.code], ['failed', 'background_timeout']);
  assert.equal(await h.upstream.last.aborted, true);
});

test('a server that stops waits for its answers, then fails them', async (t) => {
  const responsesDir = await mkdtemp(join(tmpdir(), 'background-'));
  const config = { responsesStore: 'file', responsesDir } as const;
  const h = await createHarness(t, { config: { ...config, shutdownGrace: 5 } });
  const first = await startHalf(h);
  const closing = h.server.close();
  await sleep(20);
  h.upstream.last.resume();
  await closing;

  const second = await createHarness(t, { config: { ...config, shutdownGrace: 0.05 } });
  assert.equal((await second.client.responses.retrieve(first.id)).status, 'completed');
  const cut = await startHalf(second);
  await second.server.close();
  assert.equal(await second.upstream.last.aborted, true);

  const third = await createHarness(t, { config });
  t.after(() => rm(responsesDir, { recursive: true }));
  const failed = await third.client.responses.retrieve(cut.id);
  assert.deepEqual([failed.status, failed.error?.code], ['failed', 'server_shutting_down']);
});

test('an answer whose server died has failed', async (t) => {
  const responsesDir = await mkdtemp(join(tmpdir(), 'background-'));
  const config = { responsesStore: 'file', responsesDir } as const;
  const h = await createHarness(t, { config });
  const { id } = await startHalf(h);
  // What the disk has at this moment is what a killed server leaves.
  while (!(await readdir(responsesDir)).some((name) => name.endsWith('.json'))) await sleep(1);
  const other = await createHarness(t, { config });
  const lost = await other.client.responses.retrieve(id);
  assert.deepEqual([lost.status, lost.error?.code], ['failed', 'background_lost']);
  assert.deepEqual((await read(await follow(other, id))).at(-1)!.type, 'response.failed');
  assert.equal((await other.client.responses.cancel(id)).status, 'failed');
  await h.client.responses.cancel(id);
  t.after(() => rm(responsesDir, { recursive: true }));
});
