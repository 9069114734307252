/** Limits that the configuration names, malformed requests, and the way out through a proxy. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { createHarness, type Harness, scriptAnswer } from '../support/index.ts';

/** Sends bytes as they stand, and gives all that comes back until the server closes. */
function sendRaw(h: Harness, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(h.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (part) => {
      answer += part;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.write(text);
  });
}

const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

test('a body that does not arrive in time: 408', async (t) => {
  const h = await createHarness(t, { config: { requestTimeout: 0.3, headersTimeout: 0.3 } });
  const answer = await sendRaw(h, `${head}content-length: 100\r\n\r\n{"model"`);
  assert.match(answer, /^HTTP\/1\.1 408 /);
  assert.match(answer, /"code":"request_timeout"/);
});

test('headers that do not arrive in time: 408', async (t) => {
  const h = await createHarness(t, { config: { requestTimeout: 0.3, headersTimeout: 0.3 } });
  assert.match(await sendRaw(h, head), /^HTTP\/1\.1 408 /);
});

test('what is not HTTP, or smuggles a second length: 400 in JSON', async (t) => {
  const h = await createHarness(t);
  for (const text of [
    'nonsense\r\n\r\n',
    `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${head}content-length: 5\r\ncontent-length: 6\r\n\r\nabcdef`,
  ]) {
    const answer = await sendRaw(h, text);
    assert.match(answer, /^HTTP\/1\.1 400 /, text);
    assert.match(answer, /"code":"malformed_request"/);
  }
  assert.match(
    await sendRaw(h, `${head}x-large: ${'x'.repeat(100_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 .*headers are larger than \d+ bytes/s,
  );
  assert.equal(h.upstream.requests.length, 0);
});

test('the way out goes through the proxy that the environment names', async (t) => {
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, client: Socket) => {
    tunnels.push(request.url!);
    const [host, port] = request.url!.split(':');
    const upstream = connect(Number(port), host!, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  t.after(() => {
    delete process.env.HTTP_PROXY;
    proxy.closeAllConnections();
    proxy.close();
  });
  const h = await createHarness(t);
  const answer = await h.client.chat.completions.create({
    model: 'gpt-5.5',
    messages: [{ role: 'user', content: 'Hello' }],
  });
  assert.ok(answer.choices[0]?.message.content);
  assert.ok(tunnels.includes(new URL(h.upstream.url).host));
});

const hello = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Hello' }] };

async function ask(h: Harness, changes: object = {}): Promise<{ status: number; error?: Record<string, unknown> }> {
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...hello, ...changes }),
  });
  const text = await answer.text();
  return { status: answer.status, ...(answer.status !== 200 && JSON.parse(text)) };
}

test('a connection beyond `maxConnections` is not taken', async (t) => {
  const h = await createHarness(t, { config: { maxConnections: 1 } });
  const first = connect(Number(new URL(h.url).port), '127.0.0.1');
  t.after(() => first.destroy());
  first.write('GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await once(first, 'data');
  assert.equal(await sendRaw(h, 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n'), '');
});

test('an answer that is gathered in memory ends at `maxAnswerBytes`; a streamed one does not', async (t) => {
  const h = await createHarness(t, { config: { maxAnswerBytes: 65_536 } });
  const long = scriptAnswer([{ text: 'x'.repeat(100_000) }]);
  h.upstream.reply(long);
  const { status, error } = await ask(h);
  assert.equal(status, 502);
  assert.match(String(error?.message), /`maxAnswerBytes`/);
  h.upstream.reply(long);
  assert.equal((await ask(h, { stream: true })).status, 200);
});

test('an upstream event is no longer than `maxEventBytes`', async (t) => {
  const h = await createHarness(t, { config: { maxEventBytes: 65_536 } });
  h.upstream.reply([
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'x'.repeat(300_000) },
  ]);
  const { status, error } = await ask(h, { stream: true });
  assert.equal(status, 502);
  assert.equal(error?.code, 'upstream_invalid_response');
  assert.match(String(error?.message), /`maxEventBytes`/);
});

test('more answers than `maxChoices` are refused as OpenAI does', async (t) => {
  const h = await createHarness(t, { config: { maxChoices: 2 } });
  assert.equal((await ask(h, { n: 2 })).status, 200);
  const { status, error } = await ask(h, { n: 3 });
  assert.equal(status, 400);
  assert.deepEqual([error?.param, error?.code], ['n', 'integer_above_max_value']);
});

test('an upstream that does not finish the TLS handshake is given up after `upstreamConnectTimeout`', async (t) => {
  const silent = createTcpServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const sockets: Socket[] = [];
  silent.on('connection', (socket) => sockets.push(socket));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const chatgptBaseUrl = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const h = await createHarness(t, { config: { chatgptBaseUrl, upstreamConnectTimeout: 0.2 } });
  const { status, error } = await ask(h);
  assert.equal(status, 502);
  assert.equal(error?.code, 'upstream_unreachable');
  assert.match(String(error?.message), /took too long to connect/);
});
