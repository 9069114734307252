/** Limits that hold below the chain: slow and malformed requests, and the way out through a proxy. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { createHarness, type Harness } from './support/index.ts';

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
  assert.match(await sendRaw(h, `${head}x-large: ${'x'.repeat(100_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
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
