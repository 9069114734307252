/**
 * What the attacker does: asks for an upgrade behind a request that is still being answered, without a key; asks for one
 * with every request of a connection; or asks for one and never reads the answer.
 * What must hold: requests are answered in their order and the process goes on, nothing is left on the connection by each
 * of them, and the server can be stopped.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createHarness, type Harness, scriptAnswer } from '../support/index.ts';

function connect(t: TestContext, h: Harness): Socket {
  const socket = net.connect(Number(new URL(h.url).port), '127.0.0.1');
  // What the server cuts, it cuts.
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  return socket;
}

/** What comes, until it holds a text. */
async function readUntil(socket: Socket, isThere: (text: string) => boolean): Promise<string> {
  let text = '';
  while (!isThere(text)) text += String((await once(socket, 'data'))[0]);
  return text;
}

const askFor = (protocol: string, path = '/v1/responses') =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: ${protocol}\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
const statusesOf = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

for (const protocol of ['websocket', 'h2c']) {
  test(`an upgrade (${protocol}) behind a request waits until that has been answered`, async (t) => {
    const h = await createHarness(t, { apiKey: 'k' });
    const socket = connect(t, h);
    const body = JSON.stringify({ model: 'gpt-5.5', input: 'Hello', stream: true });
    const request = `POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer k\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    socket.write(`${request}${askFor(protocol)}`);
    const text = await readUntil(socket, (soFar) => statusesOf(soFar).length === 2);
    assert.deepEqual(statusesOf(text), [200, 401]);
    assert.ok(text.indexOf('response.completed') < text.indexOf(' 401 '));
    assert.equal((await h.fetch('/health')).status, 200);
  });

  test(`three at once (${protocol}), and nobody is let in`, async (t) => {
    const h = await createHarness(t, { apiKey: 'k' });
    const socket = connect(t, h);
    socket.write(`GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(2) + askFor(protocol));
    const text = await readUntil(socket, (soFar) => statusesOf(soFar).length === 3);
    assert.deepEqual(statusesOf(text), [200, 200, 401]);
    assert.equal((await h.fetch('/health')).status, 200);
  });
}

test('a connection that asks with every request is left as it was by each', async (t) => {
  const h = await createHarness(t);
  // As texts: a warning holds its socket, and an assertion that fails would print all that hangs on it.
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(String(warning));
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  const socket = connect(t, h);
  for (let count = 0; count < 30; count += 1) {
    socket.write(askFor('h2c', '/health'));
    assert.deepEqual(statusesOf(await readUntil(socket, (text) => text.includes('"ok"'))), [200]);
  }
  assert.deepEqual(warnings, []);
});

test('who asks and does not read the answer cannot keep the server from stopping', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('Hello'));
  // More than the buffers of the connection take.
  const body = JSON.stringify({ model: 'gpt-5.5', instructions: 'x'.repeat(10_000_000), input: 'Hello' });
  const { id } = (await (await h.fetch('/v1/responses', { method: 'POST', body })).json()) as { id: string };
  const socket = connect(t, h);
  socket.write(askFor('websocket', `/v1/responses/${id}`));
  await once(socket, 'readable');
  await h.server.close();
});

test('what belongs to the connection of the handshake is on none of the requests that come over it', async (t) => {
  const h = await createHarness(t);
  const socket = connect(t, h);
  const headers = 'TE: trailers\r\nTrailer: x-checksum\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\n';
  socket.write(askFor('websocket').replace('Upgrade:', `${headers}Upgrade:`));
  const message = Buffer.from('{"type":"response.create","model":"gpt-5.5","input":"Hello"}');
  // A whole text message, masked with zeros (RFC 6455, 5.2).
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | message.length, 0, 0, 0, 0]), message]));
  const text = await readUntil(socket, (soFar) => /response\.completed|"error"/.test(soFar));
  assert.match(text, /"type":"response\.created"/);
});
