/**
 * Two servers on one real Redis with nginx in front, as docker/compose.valkey.yaml has them: what a client sees of it, or
 * does not see. Needs `redis-server`, `nginx` and `openssl` on the PATH, so it is run by CI and not by `npm test`.
 */
import assert from 'node:assert/strict';
import { on, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientOptions, WebSocket } from 'ws';
import { parse } from 'yaml';
import { ask, domain, type Nginx, startNginx, tlsOptions } from '../containers/nginx.ts';
import { findFreePort } from '../containers/support.ts';
import { type ClientReader, clientReaders } from '../support/client-readers.ts';
import { createFakeChatGpt, type FakeChatGpt } from '../support/fake-chatgpt.ts';
import { scriptAnswer } from '../support/index.ts';
import { readUntilCut, words } from '../support/resuming-client.ts';
import { createRedisServer, type RedisServer } from './redis-server.ts';
import { type Replica, readyOf, startReplica, until } from './replicas.ts';

interface Site {
  redis: RedisServer;
  upstream: FakeChatGpt;
  nginx: Nginx;
  replicas: Replica[];
  /** Ends one in good order, and puts another in its place that has nothing of its own. */
  restart(index: number): Promise<void>;
}

/** nginx's, as compose.valkey.yaml gives them, with the addresses that the servers have here. */
async function serverLines(ports: readonly number[]): Promise<string> {
  const compose = await readFile(new URL('../../docker/compose.valkey.yaml', import.meta.url), 'utf8');
  const lines: string = parse(compose).services.nginx.environment.OPENCOMPAT_SERVERS;
  const others = [...ports];
  const here = lines.replace(/\$\{OPENCOMPAT_NETWORK:-[\d.]+\}\.\d:8080/g, () => `127.0.0.1:${others.shift()}`);
  assert.deepEqual(others, []);
  return here;
}

/** @param shutdownTimeoutMs nginx's (see `NginxOptions`) */
async function startSite(t: TestContext, env: Record<string, string> = {}, shutdownTimeoutMs?: number): Promise<Site> {
  const redis = await createRedisServer(t);
  const upstream = await createFakeChatGpt();
  t.after(() => upstream.close());
  const ports = [await findFreePort(), await findFreePort()];
  const start = (port: number, isSignedIn: boolean) =>
    startReplica(t, redis, upstream, {
      isSignedIn,
      env: {
        OPENCOMPAT_PORT: String(port),
        OPENCOMPAT_ALLOWED_HOSTS: domain,
        OPENCOMPAT_TRUSTED_PROXIES: '127.0.0.1/32',
        ...env,
      },
    });
  const replicas = [await start(ports[0]!, true), await start(ports[1]!, true)];
  const nginx = await startNginx(t, ports, { servers: await serverLines(ports), shutdownTimeoutMs });
  return {
    redis,
    upstream,
    nginx,
    replicas,
    async restart(index) {
      const { child } = replicas[index]!;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
      replicas[index] = await start(ports[index]!, false);
    },
  };
}

interface Outcome {
  status: number;
  text: string;
}

async function post(nginx: Nginx, path: string, fields: object, localAddress?: string): Promise<Outcome> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'gpt-5.5', ...fields });
  const answer = await ask(nginx, path, { method: 'POST', headers, body, localAddress });
  return { status: answer.status, text: await text(answer.body) };
}

const hello = { messages: [{ role: 'user', content: 'Hello' }] };
const stream = (nginx: Nginx) => post(nginx, '/v1/chat/completions', { ...hello, stream: true });

async function createResponse(nginx: Nginx, fields: object) {
  const { status, text: body } = await post(nginx, '/v1/responses', { input: 'Hello', ...fields });
  assert.equal(status, 200, body);
  return JSON.parse(body) as { id: string };
}

function refreshesOf(upstream: FakeChatGpt): number {
  return upstream.otherRequests.filter(({ path }) => path.startsWith('/oauth/token')).length;
}

/** Which server has answered how many requests for a path. */
function answeredBy(replicas: readonly Replica[], path: string): number[] {
  return replicas.map(
    ({ output }) =>
      output()
        .split('\n')
        .filter((line) => line.includes('"message":"request"') && line.includes(`"path":"${path}"`)).length,
  );
}

/** Clients that ask one stream after the other until they are told to stop. */
function putUnderLoad(nginx: Nginx, clients: number) {
  const outcomes: Outcome[] = [];
  let isOver = false;
  const running = Array.from({ length: clients }, async () => {
    while (!isOver) outcomes.push(await stream(nginx));
  });
  return {
    /** Resolves when so many more have been answered. */
    async pass(count: number): Promise<void> {
      const target = outcomes.length + count;
      await until(async () => outcomes.length >= target);
    },
    /** @throws when any was not answered to its end */
    async end(): Promise<void> {
      isOver = true;
      await Promise.all(running);
      for (const outcome of outcomes) {
        assert.equal(outcome.status, 200, outcome.text);
        assert.match(outcome.text, /data: \[DONE\]/);
      }
    },
  };
}

/** A client that keeps its WebSocket open between its questions. */
async function connectWebSocket(t: TestContext, nginx: Nginx) {
  const headers = { host: `${domain}:${nginx.port}` };
  // It takes what TLS takes; its types tell of a part.
  const options = { ...(tlsOptions(nginx) as ClientOptions), headers };
  const webSocket = new WebSocket(`wss://127.0.0.1:${nginx.port}/v1/responses`, options);
  t.after(async () => webSocket.terminate());
  await once(webSocket, 'open');
  return {
    async ask(fields: object = {}): Promise<{ type: string; response: { id: string } }> {
      webSocket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5.5', input: 'Hello', ...fields }));
      for await (const [data] of on(webSocket, 'message', { close: ['close'] })) {
        const event = JSON.parse(String(data));
        if (/^(error|response\.(completed|incomplete|failed))$/.test(event.type)) return event;
      }
      throw new Error('The WebSocket was closed.');
    },
  };
}

test('a limit is one limit, for the address that nginx saw', async (t) => {
  const { nginx, replicas } = await startSite(t, { OPENCOMPAT_RATE_LIMIT: '6' });
  const statuses: number[] = [];
  for (let n = 0; n < 8; n += 1) statuses.push((await stream(nginx)).status);
  assert.deepEqual(statuses, [...Array(6).fill(200), ...Array(2).fill(429)]);
  await until(async () => answeredBy(replicas, '/v1/chat/completions').every((count) => count === 4));
  assert.equal((await post(nginx, '/v1/chat/completions', hello, '127.0.0.2')).status, 200);
});

test('one expiry, met by both under load: one refresh', async (t) => {
  const { nginx, upstream } = await startSite(t);
  upstream.expireTokens();
  const answers = await Promise.all(Array.from({ length: 20 }, () => stream(nginx)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(refreshesOf(upstream), 1);
});

test('a conversation goes on whichever server it meets, and when the one that it began on is new', async (t) => {
  const { nginx, upstream, replicas, restart } = await startSite(t);
  upstream.expireTokens();
  let last = await createResponse(nginx, {});
  for (let turn = 2; turn <= 6; turn += 1) {
    last = await createResponse(nginx, { previous_response_id: last.id });
    // A question and an answer of two items for each turn before, and this question.
    assert.equal(upstream.last.body.input.length, (turn - 1) * 3 + 1);
  }
  await until(async () => answeredBy(replicas, '/v1/responses').every((count) => count === 3));

  for (const index of [0, 1]) await restart(index);
  const client = await connectWebSocket(t, nginx);
  const onSocket = await client.ask({ previous_response_id: last.id, store: true });
  assert.equal(onSocket.type, 'response.completed', JSON.stringify(onSocket));
  assert.equal(upstream.last.body.input.length, 19);
  for (let n = 0; n < 2; n += 1) await createResponse(nginx, { previous_response_id: onSocket.response.id });
});

test('one after the other is restarted under load: nobody is turned away', async (t) => {
  const { nginx, upstream, replicas, restart } = await startSite(t, { OPENCOMPAT_RATE_LIMIT: '0' });
  upstream.expireTokens();
  const load = putUnderLoad(nginx, 4);
  for (const index of [0, 1, 0, 1]) {
    await load.pass(10);
    await restart(index);
    await until(async () => answeredBy(replicas, '/v1/chat/completions')[index]! > 0);
  }
  await load.end();
  assert.equal(refreshesOf(upstream), 1);
});

test('Redis killed and back under load: no stream, no WebSocket, no request is lost', async (t) => {
  const { redis, nginx, upstream, replicas } = await startSite(t, { OPENCOMPAT_RATE_LIMIT: '100000' });
  // Streams that are in the middle of their answer all the while.
  const afterFirstDelta = 2000;
  for (let n = 0; n < 2; n += 1) upstream.reply('text-hello.sse', { pauseAfterBytes: afterFirstDelta });
  const long = [stream(nginx), stream(nginx)];
  const asked = [await upstream.waitForRequest(0), await upstream.waitForRequest(1)];
  const sockets = [await connectWebSocket(t, nginx), await connectWebSocket(t, nginx)];
  const load = putUnderLoad(nginx, 3);
  await load.pass(10);

  await redis.kill();
  for (const replica of replicas) await until(async () => !(await readyOf(replica)).body.redis.ready);
  await load.pass(20);
  for (const socket of sockets) {
    const first = await socket.ask({ store: false });
    const next = await socket.ask({ store: false, previous_response_id: first.response.id });
    assert.equal(next.type, 'response.completed');
  }
  for (const replica of replicas) assert.equal((await readyOf(replica)).status, 200);

  await redis.start();
  for (const replica of replicas) await until(async () => (await readyOf(replica)).body.redis.ready);
  await load.pass(20);
  for (const socket of sockets) assert.equal((await socket.ask()).type, 'response.completed');
  for (const request of asked) request.resume();
  for (const { status, text: body } of await Promise.all(long)) {
    assert.equal(status, 200);
    assert.match(body, /data: \[DONE\]/);
  }
  await load.end();
  upstream.expireTokens();
  await Promise.all(Array.from({ length: 6 }, () => stream(nginx)));
  assert.equal(refreshesOf(upstream), 1);
  for (const { output } of replicas) {
    assert.equal(output().match(/Redis is away: going on/g)?.length, 1);
    assert.equal(output().match(/Redis is there/g)?.length, 2);
  }
});

test('nginx is reloaded again and again in mid-answer: a client goes on, whichever server it meets', async (t) => {
  const { nginx, upstream, replicas } = await startSite(t, { OPENCOMPAT_RATE_LIMIT: '0' }, 50);
  const [chat, responses] = clientReaders as [ClientReader, ClientReader];

  async function send(path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
    const question = body && { method: 'POST', body: JSON.stringify(body) };
    const told = await ask(nginx, path, { ...question, headers: { 'content-type': 'application/json', ...headers } });
    assert.equal(told.status, 200);
    const stream = Readable.toWeb(told.body) as ReadableStream;
    return new Response(stream, { headers: told.headers as Record<string, string> });
  }

  /** What a client has read that comes back until it has the end. @param goOn behind so many events */
  async function readAll(first: Response, goOn: (events: number) => Promise<Response>, end: RegExp): Promise<string> {
    const events: string[] = [];
    let isOver = false;
    const reload = async () => {
      while (!isOver) await nginx.reload().then(() => sleep(100));
    };
    const reloading = reload();
    let connections = 1;
    for (let answer: Response | undefined = first; ; connections += 1) {
      if (answer) events.push(...(await readUntilCut(answer, false, () => {})));
      if (end.test(events.at(-1) ?? '')) break;
      // A new worker of nginx begins with the first server: another request goes there. A reload may meet either.
      const passFirst = connections % 2 ? ask(nginx, '/health').then(({ body }) => text(body)) : Promise.resolve();
      answer = await passFirst.then(() => goOn(events.length)).catch(() => undefined);
    }
    isOver = true;
    await reloading;
    assert.ok(connections > 3, `${connections} connections`);
    return events.join('').replace(/^id: .*\n/gm, '');
  }

  // Written bit by bit, for some seconds.
  const script = () => upstream.reply(scriptAnswer([{ text: words }]), { splitEveryBytes: 4000, delayMs: 20 });

  script();
  const askChat = (token: string) => send(chat.path, chat.toBody('gpt-5.5', true), { 'x-opencompat-resume': token });
  const first = await askChat('new');
  const id = first.headers.get('x-opencompat-resume');
  const chunks = await readAll(first, (count) => askChat(`${id}:${count}`), /\[DONE\]/);
  assert.equal(chat.readStream(chunks).text, words);

  script();
  const created = await send('/v1/responses', { model: 'gpt-5.5', input: 'Hello', background: true });
  const path = `/v1/responses/${((await created.json()) as { id: string }).id}?stream=true`;
  const follow = (count: number) => send(`${path}&starting_after=${count - 1}`);
  const events = await readAll(await follow(0), follow, /response\.completed/);
  assert.equal(responses.readStream(events).text, words);
  assert.equal(upstream.requests.length, 2);
  assert.ok(answeredBy(replicas, chat.path).every((count) => count > 0));
});
