import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { makeDirectory } from '../auth/support.ts';
import { runCommand } from '../support/commands.ts';
import { createHarness } from '../support/index.ts';
import { processEnv } from '../support/process-env.ts';

/** Runs `opencompat health` where only these settings are seen. */
async function checkHealth(t: TestContext, env: Record<string, string>, ...args: string[]) {
  const home = await makeDirectory(t);
  return runCommand(['health', ...args], { cwd: home, env: { ...processEnv, HOME: home, ...env } });
}

test('a server that lives is healthy, however it is told where it listens', async (t) => {
  const { server } = await createHarness(t);
  const port = String(server.address.port);
  const healthy = { status: 0, out: '{"status":"ok"}\n', err: '' };
  assert.deepEqual(await checkHealth(t, { OPENCOMPAT_PORT: port }), healthy);
  assert.deepEqual(await checkHealth(t, {}, '--port', port), healthy);
  // Listening everywhere is no address to ask at.
  assert.deepEqual(await checkHealth(t, { OPENCOMPAT_PORT: port, OPENCOMPAT_HOST: '0.0.0.0' }), healthy);
});

test('--ready asks for more', async (t) => {
  const { server } = await createHarness(t, { isSignedIn: true });
  const { status, out } = await checkHealth(t, { OPENCOMPAT_PORT: String(server.address.port) }, '--ready');
  assert.equal(status, 0);
  assert.equal(JSON.parse(out).status, 'ready');
});

test('an answer other than 200 is shown, and is not healthy', async (t) => {
  const other = createServer((_req, res) => res.writeHead(503).end('{"status":"not ready"}'));
  await once(other.listen(0, '127.0.0.1'), 'listening');
  t.after(() => other.close());
  const env = { OPENCOMPAT_PORT: String((other.address() as AddressInfo).port) };
  assert.deepEqual(await checkHealth(t, env, '--ready'), { status: 1, out: '{"status":"not ready"}\n', err: '' });
});

test('no server, or one that says nothing: why, and exit status 1', async (t) => {
  const silent = createServer(() => {});
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  t.after(() => silent.closeAllConnections());
  const port = String((silent.address() as AddressInfo).port);
  const slow = await checkHealth(t, { OPENCOMPAT_PORT: port });
  assert.equal(slow.status, 1);
  assert.equal(slow.err, `No healthy server at 127.0.0.1:${port}: it did not answer within 3 seconds.\n`);
  silent.close();
  silent.closeAllConnections();
  const gone = await checkHealth(t, { OPENCOMPAT_PORT: port });
  assert.equal(gone.status, 1);
  assert.equal(gone.err, `No healthy server at 127.0.0.1:${port}: ECONNREFUSED.\n`);
});

test('another program on the port is no healthy server, and its page is not shown', async (t) => {
  const other = createServer((_req, res) => res.writeHead(200).end('<html>A page</html>'));
  await once(other.listen(0, '127.0.0.1'), 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const { status, out, err } = await checkHealth(t, { OPENCOMPAT_PORT: String(port) });
  assert.deepEqual([status, out], [1, '']);
  assert.equal(err, `No healthy server at 127.0.0.1:${port}: another program answers there.\n`);
});
