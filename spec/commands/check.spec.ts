import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer as createRelay } from 'node:net';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../support/commands.ts';
import { createHarness } from '../support/harness.ts';
import { processEnv } from '../support/process-env.ts';

const check = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand(['check', ...args], { env: { ...processEnv, ...env } });

async function serve(t: TestContext, handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a fresh server: the demo answers, and that nobody has signed in is not passed over', async (t) => {
  const h = await createHarness(t, { isSignedIn: false });
  const { out, err, status } = await check(['--url', `${h.url}/v1/`]);
  assert.equal(status, 1);
  assert.equal(err, 'FAILED  providers  no provider can answer but the demo; `opencompat login` signs the server in\n');
  assert.match(out, /^-- +chatgpt +The server is not signed in to ChatGPT: run `opencompat login`\.$/m);
  const demo = await check(['--url', h.url, '--model', 'demo']);
  assert.deepEqual([demo.status, demo.err], [0, '']);
  assert.equal((await check(['--url', h.url, '--demo'])).status, 0);
  assert.equal((await check(['--url', h.url], { OPENCOMPAT_CHECK_DEMO: 'true' })).status, 0);
  assert.deepEqual(
    out.split('\n').map((line) => line.split(/\s+/).slice(0, 2).join(' ')),
    ['ok health', '-- chatgpt', '-- copilot', 'ok models', 'ok chat', 'ok stream', ''],
  );
  assert.match(out, /demo says: "This is the demo model/);
  assert.match(out, /\(\d+ chunks\)/);
});

test('an address without a scheme is taken, as is a base URL with too many /v1', async (t) => {
  const h = await createHarness(t);
  for (const url of [new URL(h.url).host, `${h.url}/v1/v1`]) {
    const { status, err } = await check(['--url', url]);
    assert.deepEqual([status, err], [0, '']);
  }
});

test('a server that can be reached only after a while is waited for, as long as it is said', async (t) => {
  const h = await createHarness(t);
  // Takes a port, and lets go of it.
  const relay = createRelay((client) => client.pipe(connect(Number(new URL(h.url).port), '127.0.0.1')).pipe(client));
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  const { port } = relay.address() as AddressInfo;
  relay.close();
  await once(relay, 'close');
  t.after(() => relay.close());

  const url = `http://127.0.0.1:${port}`;
  assert.match((await check(['--url', url])).err, /^FAILED +health +no server listens at/);
  const patient = check(['--url', url, '--wait', '60']);
  setTimeout(() => relay.listen(port, '127.0.0.1'), 1_500);
  const { status, err } = await patient;
  assert.deepEqual([status, err], [0, '']);
  assert.match((await check(['--url', url, '--wait', 'long'])).err, /whole number of seconds/);
});

test('one of two sign-ins that has died fails the check, and the other one is told too', async (t) => {
  const h = await createHarness(t, { copilot: true });
  const healthy = await check(['--url', h.url]);
  assert.equal(healthy.status, 0, healthy.err);
  assert.match(healthy.out, /^ok +chatgpt +can answer\nok +copilot +can answer$/m);
  h.upstream.account.signOut();
  await check(['--url', h.url, '--model', 'chatgpt/gpt-5.5']);
  const { out, err, status } = await check(['--url', h.url, '--model', 'copilot/gpt-4.1']);
  assert.match(out, /^ok +copilot/m);
  assert.match(out, /^ok +stream/m);
  assert.equal(status, 1);
  assert.match(err, /^FAILED +chatgpt +The sign-in to ChatGPT no longer works/);
});

test('a server that is signed in is asked for the model that was named, else for its first', async (t) => {
  const h = await createHarness(t);
  assert.equal((await check(['--url', h.url, '--model', 'gpt-5.5'])).status, 0);
  assert.equal(h.upstream.last.body.model, 'gpt-5.5');
  const { out, status } = await check(['--url', h.url]);
  assert.equal(status, 0);
  const first = /ok +models +\d+: ([^,\s]+)/.exec(out)![1]!;
  assert.ok(out.includes(`${first} says:`), out);
});

test('without an address the server is asked that the configuration describes', async (t) => {
  const h = await createHarness(t);
  const { port } = new URL(h.url);
  assert.equal((await check(['--model', 'gpt-5.5'], { OPENCOMPAT_PORT: port })).status, 0);
  const { err } = await check(['--url', 'ftp://127.0.0.1']);
  assert.match(err, /--url: .*must be an http or https URL/);
});

test('the first client key of the environment is sent, and its lack is told', async (t) => {
  const h = await createHarness(t, { apiKey: 'oc-key' });
  assert.equal((await check(['--url', h.url], { OPENCOMPAT_API_KEYS: 'oc-key,oc-other' })).status, 0);
  assert.equal((await check(['--url', h.url], { OPENCOMPAT_API_KEYS: 'oc-key\r\noc-other\r\n' })).status, 0);
  assert.equal((await check(['--url', h.url, '--key', 'oc-key'])).status, 0);
  const { out, err, status } = await check(['--url', h.url]);
  assert.equal(status, 1);
  assert.match(out, /^ok +health/);
  assert.match(err, /^FAILED {2}models {2}HTTP 401: .*Give `check` one with --key\.$/m);
  const wrong = await check(['--url', h.url, '--key', 'oc-wrong']);
  assert.match(wrong.err, /^FAILED {2}models {2}HTTP 401: /);
  assert.doesNotMatch(wrong.out + wrong.err, /oc-wrong/);
});

test('what is not such a server is told by the step that failed', async (t) => {
  const goodHead: Record<string, string> = {
    '/health': '{"status":"ok"}',
    '/ready': '{"status":"ready"}',
    '/v1/models': '{"data":[{"id":"m"}]}',
  };
  const withAnswers =
    (answers: readonly [type: string, body: string][]): RequestListener =>
    (req, res) => {
      const known = goodHead[req.url!];
      if (known) return res.end(known);
      const [type, body] = answers[Math.min(chats++, answers.length - 1)]!;
      return res.setHeader('content-type', type).end(body);
    };
  let chats = 0;
  const answer: [string, string] = ['application/json', '{"choices":[{"message":{"content":"hi"}}]}'];
  const cases: [RequestListener, RegExp][] = [
    [(_req, res) => res.end('<html>'), /^FAILED {2}health {2}no OpenCompat answers at .*--url takes its address/],
    [
      (_req, res) => res.writeHead(404).end('{"error":{"message":"Unknown"}}'),
      /health {2}no OpenCompat .*HTTP 404.*--url/,
    ],
    [
      (_req, res) => res.writeHead(403).end('{"error":{"message":"Not this host"}}'),
      /health {2}HTTP 403: Not this host/,
    ],
    [(_req, res) => res.end('{"status":"no"}'), /^FAILED {2}health/],
    [
      (req, res) => res.end(req.url === '/health' ? goodHead['/health'] : '{"data":[]}'),
      /^FAILED {2}models {2}no model/,
    ],
    [withAnswers([['application/json', '{"choices":[]}']]), /^FAILED {2}chat {4}the answer has no text/],
    [withAnswers([answer]), /^FAILED {2}stream {2}the answer is of type 'application\/json', not a stream/],
    [
      withAnswers([answer, ['text/event-stream', 'data: {"choices":[{"delta":{"content":"h"}}]}\n\n']]),
      /^FAILED {2}stream {2}the stream ended without `data: \[DONE\]`/,
    ],
    [
      withAnswers([answer, ['text/event-stream', 'data: {"error":{"message":"upstream fell over"}}\n\n']]),
      /^FAILED {2}stream {2}upstream fell over/,
    ],
  ];
  for (const [handler, message] of cases) {
    chats = 0;
    const { err, status } = await check(['--url', await serve(t, handler)]);
    assert.equal(status, 1);
    assert.match(err, message);
  }
  const plain = (await serve(t, (_req, res) => res.end())).replace('http:', 'https:');
  assert.match((await check(['--url', plain])).err, /does not speak TLS there; is its address one of http:/);
  const gone = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => gone.once('listening', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const nobody = await check(['--url', `http://127.0.0.1:${port}`]);
  assert.match(
    nobody.err,
    /^FAILED {2}health {2}no server listens at http:\S+: start it with `opencompat`, or .*--url/,
  );
});
