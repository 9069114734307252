import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createHarness, type Harness } from '../support/index.ts';

const hello = { model: 'gpt-5.5', stream: true, messages: [{ role: 'user', content: 'Hello' }] };

const ask = (h: Harness) =>
  h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(hello),
  });

test('a running stream finishes within the grace period; new connections are refused', async (t) => {
  const h = await createHarness(t, { config: { shutdownGrace: 30 } });
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const answer = await ask(h);
  const stopped = h.server.close();
  await assert.rejects(fetch(`${h.url}/health`, { headers: { connection: 'close' } }));
  h.upstream.last.resume();
  assert.match(await answer.text(), /\[DONE\]/);
  await stopped;
});

test('a request that a reverse proxy sends on an idle connection just then is answered, and is the last on it', async (t) => {
  const h = await createHarness(t, { config: { shutdownGrace: 30 } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(async () => agent.destroy());
  const get = async () => {
    const request = httpGet(`${h.url}/v1/models`, { agent });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return { status: answer.statusCode, isReused: request.reusedSocket, connection: answer.headers.connection };
  };
  assert.deepEqual(await get(), { status: 200, isReused: false, connection: 'keep-alive' });
  const stopped = h.server.close();
  // By now nobody listens any more.
  await new Promise(setImmediate);
  assert.deepEqual(await get(), { status: 200, isReused: true, connection: 'close' });
  await stopped;
});

test('a stream that outlasts the grace period gets an error event', async (t) => {
  const h = await createHarness(t, { config: { shutdownGrace: 0.05 } });
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const answer = await ask(h);
  const request = await h.upstream.waitForRequest(0);
  const [text] = await Promise.all([answer.text(), h.server.close()]);
  assert.match(text, /"code":"server_shutting_down"/);
  assert.doesNotMatch(text, /\[DONE\]/);
  assert.equal(await request.aborted, true);
});

test('/ready tells the state of each provider; the demo can answer when no other is signed in', async (t) => {
  const signedIn = await createHarness(t);
  assert.equal((await signedIn.fetch('/ready')).status, 200);
  const bare = await createHarness(t, { isSignedIn: false });
  const answer = await bare.fetch('/ready');
  assert.equal(answer.status, 200);
  const { providers } = (await answer.json()) as { providers: Record<string, { ready: boolean; reason?: string }> };
  assert.equal(providers.demo!.ready, true);
  assert.match(providers.chatgpt!.reason!, /opencompat login/);
});

/** Opens a connection and sends something. @returns what sends more, and what tells what has come back */
async function open(t: TestContext, h: Harness, text: string) {
  const socket = connect(Number(new URL(h.url).port), '127.0.0.1');
  t.after(() => socket.destroy());
  let got = '';
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    got += bytes;
  });
  await once(socket, 'connect');
  const send = (next: string) => socket.write(next);
  if (text) send(text);
  return { send, got: () => got };
}

async function msToStop(h: Harness): Promise<number> {
  const sinceMs = performance.now();
  await h.server.close();
  return performance.now() - sinceMs;
}

const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

test('connections on which no request comes do not hold up the end', async (t) => {
  const h = await createHarness(t, { config: { shutdownGrace: 30 } });
  const upgrade = 'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n';
  await open(t, h, '');
  await open(t, h, 'GET /v1/mod');
  await open(t, h, head);
  const behindAnother = await open(t, h, 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\nGET /hea');
  const unclosed = await open(
    t,
    h,
    `GET /v1/responses HTTP/1.1\r\nhost: localhost\r\n${upgrade}sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  );
  await t.waitFor(() => assert.match(behindAnother.got() + unclosed.got(), /200 OK.*101 /s));
  assert.ok((await msToStop(h)) < 4000);
});

test('a body of which nothing comes any more is not waited for, and its client is told', async (t) => {
  const h = await createHarness(t, { config: { shutdownGrace: 30 } });
  const stalled = await open(t, h, `${head}content-length: 500\r\n\r\n{"mod`);
  const stalledInPieces = await open(t, h, `${head}transfer-encoding: chunked\r\n\r\n4\r\n{"mo`);
  const unsent = await open(t, h, `${head}expect: 100-continue\r\ncontent-length: 500\r\n\r\n`);
  await t.waitFor(() => assert.match(unsent.got(), /100 Continue/));
  assert.ok((await msToStop(h)) < 4000);
  for (const { got } of [stalled, stalledInPieces, unsent]) {
    assert.match(got(), /HTTP\/1\.1 503 .*"code":"server_shutting_down"/s);
  }
});

test('a body that comes slowly is waited for', async (t) => {
  const h = await createHarness(t, { config: { shutdownGrace: 30 } });
  h.upstream.reply('text-hello.sse');
  const body = JSON.stringify({ ...hello, stream: false });
  const { send, got } = await open(t, h, `${head}content-length: ${body.length}\r\n\r\n`);
  const stopped = h.server.close();
  for (const part of body.match(/.{1,10}/g)!) {
    send(part);
    await setTimeout(300);
  }
  await stopped;
  assert.match(got(), /^HTTP\/1\.1 200 /);
});
