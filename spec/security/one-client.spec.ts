/**
 * What the attacker does: as one of several clients, takes what all share: makes one request into hundreds, holds memory by
 * messages that never end and answers that are never read, fills the connections and the stores, guesses keys.
 * What must hold: each has a bounded share, and the others notice nothing.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createBoxHarness, hello, post } from '../support/box-harness.ts';
import { createHarness, type Harness } from '../support/harness.ts';

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const prompts = (count: number) => ({ model: 'demo', prompt: Array.from({ length: count }, () => 'x'), max_tokens: 1 });

async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}

test('what one request multiplies to counts against the limit', async (t) => {
  const h = await createBoxHarness(t, { config: { rateLimit: 20, apiKeys: ['a', 'b'] } });
  const ask = (key: string, body: object, path = '/v1/completions') => post(h, path, body, bearer(key));
  const many = { ...prompts(10), model: 'fake-model', n: 2 };
  const answer = await ask('a', many);
  assert.equal(answer.status, 200, await answer.text());
  assert.equal(answer.headers.get('x-ratelimit-remaining-requests'), '0');
  const before = h.box.requests.length;
  const further = await ask('a', { model: 'fake-model', messages: hello, n: 2 }, '/v1/chat/completions');
  assert.equal(further.status, 429);
  assert.ok(Number(further.headers.get('retry-after')) > 0);
  assert.equal(await statusOf(ask('b', { ...many, n: 1 })), 200);
  assert.equal(await statusOf(ask('b', { ...many, n: 2 })), 429);
  assert.equal(h.box.requests.length - before, 10, 'what is over the limit asks nobody');
});

test('one request asks for no more than `maxAnswers` answers', async (t) => {
  const h = await createHarness(t, { isSignedIn: false, config: { maxAnswers: 10, demo: true } });
  const answer = await post(h, '/v1/completions', { ...prompts(6), n: 2 });
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /`maxAnswers`/);
  assert.equal(await statusOf(post(h, '/v1/completions', { ...prompts(5), n: 2 })), 200);
});

const socketUrl = (h: Harness) => `${h.url.replace('http', 'ws')}/v1/responses`;

async function open(t: TestContext, h: Harness, key: string): Promise<WebSocket> {
  const webSocket = new WebSocket(socketUrl(h), { headers: bearer(key) });
  webSocket.on('error', () => {});
  t.after(() => webSocket.terminate());
  await once(webSocket, 'open');
  return webSocket;
}

test('a client has its share of the WebSockets', async (t) => {
  const h = await createHarness(t, {
    isSignedIn: false,
    config: { demo: true, apiKeys: ['a', 'b'], websocketMaxConnections: 3, websocketMaxConnectionsPerClient: 2 },
  });
  const [first] = [await open(t, h, 'a'), await open(t, h, 'a')];
  const refused = new WebSocket(socketUrl(h), { headers: bearer('a') });
  const [error] = (await once(refused, 'error')) as [Error];
  assert.match(error.message, /429/);
  await open(t, h, 'b');
  first.close();
  await once(first, 'close');
});

test('messages that do not arrive whole hold no more than `websocketMaxPendingBytes`, and no longer than `requestTimeout`', async (t) => {
  const h = await createHarness(t, {
    isSignedIn: false,
    config: {
      demo: true,
      apiKeys: ['a', 'b'],
      maxBodyBytes: 300_000,
      websocketMaxPendingBytes: 300_000,
      requestTimeout: 1,
      headersTimeout: 1,
      keepaliveInterval: 1,
    },
  });
  const part = Buffer.alloc(120_000, 'x');
  const sockets = [await open(t, h, 'a'), await open(t, h, 'a'), await open(t, h, 'a')];
  const other = await open(t, h, 'b');
  const closed = Promise.race(sockets.map((socket) => once(socket, 'close')));
  for (const socket of sockets) socket.send(part, { fin: false });
  other.send(JSON.stringify({ type: 'response.create', model: 'demo', input: 'Hello' }).slice(0, 30), { fin: false });
  assert.equal((await closed)[0], 1013);
  assert.equal((await once(other, 'close'))[0], 1008);
});

test('a connection on which only pongs come is not one with a message under way', async (t) => {
  const h = await createHarness(t, {
    isSignedIn: false,
    config: { demo: true, apiKeys: ['a'], requestTimeout: 1, headersTimeout: 1, keepaliveInterval: 1 },
  });
  const webSocket = await open(t, h, 'a');
  for (let pings = 0; pings < 3; pings += 1) await once(webSocket, 'ping');
  webSocket.send(JSON.stringify({ type: 'response.create', model: 'demo', input: 'Hello' }));
  await once(webSocket, 'message');
});

test('an answer that nobody reads is given up after `upstreamIdleTimeout`', async (t) => {
  const h = await createHarness(t, {
    isSignedIn: false,
    config: { demo: true, upstreamIdleTimeout: 1, keepaliveInterval: 0.5 },
  });
  const input = 'x'.repeat(9_000_000);
  const made = await post(h, '/v1/responses', { model: 'demo', input });
  const { id } = (await made.json()) as { id: string };
  const socket = connect(Number(new URL(h.url).port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.pause();
  socket.write(`GET /v1/responses/${id}/input_items HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  await until(() => h.logs.some(({ message, path }) => message === 'request' && String(path).endsWith('/input_items')));
  const line = h.logs.find(({ path }) => String(path).endsWith('/input_items'))!;
  assert.equal(line.outcome, 'client-left');
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(20);
}

test('wrong keys of an address are not looked at after `wrongKeyLimit`; who has a right one goes on', async (t) => {
  const h = await createHarness(t, { config: { apiKeys: ['right', 'other'], wrongKeyLimit: 3 } });
  const ask = (key: string) => statusOf(h.fetch('/v1/models', { headers: bearer(key) }));
  assert.equal(await ask('right'), 200);
  const statuses = [];
  for (let guess = 0; guess < 6; guess += 1) statuses.push(await ask(`wrong-${guess}`));
  assert.deepEqual(statuses, [401, 401, 401, 429, 429, 429]);
  assert.equal(await ask('right'), 200);
  assert.equal(await ask('other'), 429, 'a guess that is right says nothing either');
  const answer = await h.fetch('/v1/models', { headers: bearer('wrong') });
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  const lines = h.logs.filter(
    ({ message, level, status }) => message === 'request' && level === 'info' && status === 429,
  );
  assert.equal(lines.length, 0);
});
