import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
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

test('connections on which no request has come do not hold up the end', async (t) => {
  const h = await createHarness(t, { config: { shutdownGrace: 30 } });
  const { port } = new URL(h.url);
  const sockets = ['', '', 'GET /v1/mod', 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n'].map((sent) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    if (sent) socket.write(sent);
    return socket;
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const sinceMs = performance.now();
  await h.server.close();
  assert.ok(performance.now() - sinceMs < 3000);
});
