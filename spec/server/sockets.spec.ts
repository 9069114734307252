import assert from 'node:assert/strict';
import http, { type IncomingHttpHeaders } from 'node:http';
import { type TestContext, test } from 'node:test';
import { type ClientOptions, WebSocket } from 'ws';
import { createHarness, type Harness, type HarnessOptions, scriptAnswer } from '../support/index.ts';
import { checkResponseEvents, type Json } from '../support/response-stream-checker.ts';

/** A connection that gives one event after the other. */
class Client {
  readonly webSocket: WebSocket;
  readonly #events: Json[] = [];
  readonly #waiting: ((event: Json) => void)[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on('message', (data, isBinary) => {
      assert.equal(isBinary, false);
      const event = JSON.parse(String(data)) as Json;
      const taker = this.#waiting.shift();
      if (taker) taker(event);
      else this.#events.push(event);
    });
    this.closed = new Promise((resolve) => {
      webSocket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  next(): Promise<Json> {
    const event = this.#events.shift();
    return event ? Promise.resolve(event) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  send(fields: object): void {
    this.webSocket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5.5', input: 'Hello', ...fields }));
  }

  /** The events of one answer. */
  async ask(fields: object = {}): Promise<Json[]> {
    this.send(fields);
    const events: Json[] = [];
    for (;;) {
      const event = await this.next();
      events.push(event);
      if (/^(error|response\.(completed|incomplete|failed))$/.test(String(event.type))) return events;
    }
  }
}

const addressOf = (h: Harness, path = '/v1/responses') => `${h.url.replace('http', 'ws')}${path}`;

async function connect(h: Harness, options: ClientOptions = {}): Promise<Client> {
  const webSocket = new WebSocket(addressOf(h), options);
  const client = new Client(webSocket);
  await new Promise((resolve, reject) => webSocket.once('open', resolve).once('error', reject));
  return client;
}

/** How the server answers a request for a WebSocket that it does not take. */
async function refusalOf(
  h: Harness,
  options: ClientOptions = {},
  path?: string,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const webSocket = new WebSocket(addressOf(h, path), options);
  return new Promise((resolve, reject) => {
    webSocket.on('open', () => reject(new Error('it was taken')));
    webSocket.on('error', reject);
    webSocket.on('unexpected-response', async (_request, answer) => {
      let body = '';
      for await (const part of answer) body += part;
      resolve({ status: answer.statusCode!, headers: answer.headers, body });
    });
  });
}

async function open(t: TestContext, options: HarnessOptions = {}): Promise<[Harness, Client]> {
  const h = await createHarness(t, options);
  return [h, await connect(h)];
}

const errorOf = (event: Json) => event.error as Json;

test('an answer comes as the events of a stream, one text frame each', async (t) => {
  const [h, client] = await open(t);
  h.upstream.reply('reasoning-then-two-calls.sse', { splitEveryBytes: 11 });
  const { response, items } = checkResponseEvents(await client.ask());
  assert.equal(response.status, 'completed');
  assert.equal(items.length, 3);
  assert.equal(
    checkResponseEvents(await client.ask()).response.status,
    'completed',
    'and the next on the same connection',
  );
});

test('the connection goes on from answers that nothing else keeps', async (t) => {
  const [h, client] = await open(t);
  h.upstream.reply(scriptAnswer('One.', { id: 'a' }));
  const { response } = checkResponseEvents(await client.ask({ store: false, input: 'Say one' }));
  assert.equal(response.store, false);
  await client.ask({ store: false, input: 'Say two', previous_response_id: response.id });
  assert.equal(h.upstream.last.body.input.length, 3);

  assert.equal((await h.fetch(`/v1/responses/${response.id}`)).status, 404, 'not over HTTP');
  const other = await connect(h);
  const [refused] = await other.ask({ previous_response_id: response.id });
  assert.deepEqual([refused!.status, errorOf(refused!).code], [400, 'previous_response_not_found'], 'nor on another');
});

test('what is kept for all is there on every connection, and over HTTP', async (t) => {
  const [h, client] = await open(t);
  const { response } = checkResponseEvents(await client.ask());
  assert.equal((await h.fetch(`/v1/responses/${response.id}`)).status, 200);
  const other = await connect(h);
  assert.equal((await other.ask({ previous_response_id: response.id })).at(-1)!.type, 'response.completed');
});

test('what a connection keeps is bounded: the oldest answers go', async (t) => {
  const [, client] = await open(t, { config: { websocketMaxKeptBytes: 65_536 } });
  const long = 'x'.repeat(30_000);
  const ids: unknown[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const { response } = checkResponseEvents(await client.ask({ store: false, input: long }));
    ids.push(response.id);
  }
  assert.equal((await client.ask({ previous_response_id: ids[0] })).at(-1)!.type, 'error');
  assert.equal((await client.ask({ previous_response_id: ids[2] })).at(-1)!.type, 'response.completed');
});

test('a request that wants no answer yet asks no model', async (t) => {
  const [h, client] = await open(t);
  const { response } = checkResponseEvents(await client.ask({ generate: false, store: false }));
  assert.equal(h.upstream.requests.length, 0);
  await client.ask({ previous_response_id: response.id, input: 'And this' });
  assert.equal(h.upstream.last.body.input.length, 2);
});

test('errors are frames with their status, and the connection goes on', async (t) => {
  const [h, client] = await open(t);
  const cases: [object, number, string | null][] = [
    [{ model: 'gpt-9' }, 404, 'model_not_found'],
    [{ temperature: 'hot' }, 400, 'invalid_type'],
    [{ type: 'response.append' }, 400, 'invalid_value'],
    [{ background: true }, 400, 'unsupported_parameter'],
  ];
  for (const [fields, status, code] of cases) {
    const [error] = await client.ask(fields);
    assert.deepEqual([error!.type, error!.status, errorOf(error!).code], ['error', status, code]);
  }
  for (const text of ['', '{', '[]', 'null']) {
    client.webSocket.send(text);
    assert.equal(errorOf(await client.next()).code, 'invalid_json', text);
  }
  client.webSocket.send(Buffer.from('{}'), { binary: true });
  assert.equal(errorOf(await client.next()).code, 'invalid_json');

  h.upstream.refuse(429, {
    error: { type: 'usage_limit_reached', message: 'The limit is reached', resets_in_seconds: 60 },
  });
  const [limited] = await client.ask();
  assert.equal(limited!.status, 429);
  assert.deepEqual((limited!.headers as Json)['retry-after'], '60');
  assert.equal((await client.ask()).at(-1)!.type, 'response.completed');
});

test('a message that is nested too deep costs nothing but itself', async (t) => {
  const [, client] = await open(t);
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  client.webSocket.send(`{"type":"response.create","model":"gpt-5.5","input":"x","metadata":${deep}}`);
  const error = await client.next();
  assert.deepEqual([error.status, errorOf(error).code], [400, 'invalid_json']);
  assert.equal((await client.ask()).at(-1)!.type, 'response.completed');
});

test('a failure in the middle ends the answer as in a stream', async (t) => {
  const [h, client] = await open(t);
  h.upstream.reply('text-hello.sse', { cutAfterBytes: 3_000 });
  const { response } = checkResponseEvents(await client.ask());
  assert.equal(response.status, 'failed');
  assert.equal((await client.ask()).at(-1)!.type, 'response.completed');
});

test('one request at a time', async (t) => {
  const [h, client] = await open(t);
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 3_000 });
  client.send({});
  await client.next();
  client.send({});
  for (let event = await client.next(); ; event = await client.next()) {
    if (event.type !== 'error') continue;
    assert.deepEqual([event.status, errorOf(event).code], [409, 'response_in_progress']);
    break;
  }
  h.upstream.last.resume();
  for (let event = await client.next(); event.type !== 'response.completed'; ) event = await client.next();
  assert.equal(h.upstream.requests.length, 1);
});

test('a client that leaves takes its request with it', async (t) => {
  const [h, client] = await open(t);
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 3_000 });
  client.send({});
  await client.next();
  client.webSocket.terminate();
  assert.equal(await h.upstream.last.aborted, true);
});

test('the chain runs for the connection: keys, origins, hosts', async (t) => {
  const h = await createHarness(t, { apiKey: 'right' });
  const withKey = { authorization: 'Bearer right' };
  assert.equal((await refusalOf(h)).status, 401);
  assert.equal((await refusalOf(h, { headers: { authorization: 'Bearer wrong' } })).status, 401);
  const foreign = await refusalOf(h, { headers: { ...withKey, origin: 'https://elsewhere.example' } });
  assert.equal(foreign.status, 403);
  assert.equal(JSON.parse(foreign.body).error.code, 'origin_not_allowed');
  assert.ok(foreign.headers['x-request-id']);
  assert.equal((await refusalOf(h, { headers: { ...withKey, host: 'rebound.example' } })).status, 403);
  assert.equal((await refusalOf(h, { headers: withKey }, '/v1/none')).status, 404);
  const client = await connect(h, { headers: withKey });
  assert.equal((await client.ask()).at(-1)!.type, 'response.completed', 'and each request has its key');
});

test('the chain runs for each request: its limits, its log, its plugins', async (t) => {
  const seen: unknown[] = [];
  const spy = {
    kind: 'middleware' as const,
    name: 'spy',
    create: () => (req: { exchange: { body: unknown; clientName: string } }, _res: unknown, next: () => void) => {
      seen.push(req.exchange.clientName);
      next();
    },
  };
  const [h, client] = await open(t, { config: { rateLimit: 3 }, plugins: [spy as never] });
  await client.ask();
  await client.ask();
  const [limited] = await client.ask();
  assert.deepEqual([limited!.status, errorOf(limited!).code], [429, 'rate_limit_exceeded']);
  assert.deepEqual(seen, ['127.0.0.1', '127.0.0.1']);
  const lines = h.logs.filter(({ message }) => message === 'request');
  assert.deepEqual(
    lines.map(({ method, status }) => [method, status]),
    [
      ['GET', 101],
      ['POST', 200],
      ['POST', 200],
      ['POST', 429],
    ],
  );
  assert.equal(new Set(lines.map(({ id }) => id)).size, 4, 'each has an id of its own');
});

test('behind a trusted proxy a connection is its client’s', async (t) => {
  const h = await createHarness(t, { config: { trustedProxies: ['loopback'] } });
  const client = await connect(h, { headers: { 'x-forwarded-for': '192.0.2.7' } });
  await client.ask();
  const clients = h.logs.filter(({ message }) => message === 'request').map((line) => line.client);
  assert.deepEqual(clients, ['192.0.2.7', '192.0.2.7']);
});

test('there are no more connections than allowed, and no message larger', async (t) => {
  const [h, client] = await open(t, { config: { websocketMaxConnections: 1, maxBodyBytes: 2_048 } });
  const refused = await refusalOf(h);
  assert.equal(refused.status, 429);
  assert.equal(JSON.parse(refused.body).error.code, 'websocket_connection_limit_reached');
  client.send({ input: 'x'.repeat(4_096) });
  assert.equal((await client.closed).code, 1009);
  const next = await connect(h);
  assert.equal((await next.ask()).at(-1)!.type, 'response.completed');
});

test('an idle connection is closed; one that does not answer pings is cut', async (t) => {
  const [, idle] = await open(t, { config: { keepaliveInterval: 0.05, websocketIdleTimeout: 1 } });
  let pings = 0;
  idle.webSocket.on('ping', () => {
    pings += 1;
  });
  assert.deepEqual(await idle.closed, { code: 1001, reason: 'idle' });
  assert.ok(pings > 0);

  const h = await createHarness(t, { config: { keepaliveInterval: 0.05 } });
  const dead = await connect(h, { autoPong: false });
  assert.equal((await dead.closed).code, 1006);
});

test('at shutdown idle connections are closed at once, the others when their answer has ended', async (t) => {
  const [h, busy] = await open(t, { config: { shutdownGrace: 30 } });
  const idle = await connect(h);
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 3_000 });
  busy.send({});
  await busy.next();
  const closing = h.server.close();
  assert.equal((await idle.closed).code, 1001);
  h.upstream.last.resume();
  for (let event = await busy.next(); event.type !== 'response.completed'; ) event = await busy.next();
  assert.equal((await busy.closed).code, 1001);
  await closing;
});

test('at shutdown an answer that does not end is ended', async (t) => {
  const [h, busy] = await open(t, { config: { shutdownGrace: 0.1 } });
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 3_000 });
  busy.send({});
  await busy.next();
  const closing = h.server.close();
  let event = await busy.next();
  while (event.type !== 'response.failed') event = await busy.next();
  assert.equal(((event.response as Json).error as Json).code, 'server_shutting_down');
  await closing;
});

test('a client that offers another protocol with its request is answered in HTTP', async (t) => {
  const h = await createHarness(t);
  const body = JSON.stringify({ model: 'gpt-5.5', input: 'Grüße' });
  for (const pieces of [1, 5]) {
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = http.request(`${h.url}/v1/responses`, {
        method: 'POST',
        headers: {
          ...{ connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' },
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      });
      request.once('response', resolve).once('error', reject);
      const bytes = Buffer.from(body);
      const size = Math.ceil(bytes.length / pieces);
      for (let start = 0; start < bytes.length; start += size) request.write(bytes.subarray(start, start + size));
      request.end();
    });
    assert.equal(answer.statusCode, 200);
    let text = '';
    for await (const part of answer) text += part;
    assert.equal(JSON.parse(text).status, 'completed');
  }
});
