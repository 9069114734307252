import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { createHarness } from '../support/harness.ts';

const cli = join(import.meta.dirname, '../../lib/cli.ts');

async function check(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [cli, 'check', ...args], { env: { PATH: process.env.PATH, ...env } });
  const [out, err, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { out, err, status };
}

async function serve(t: TestContext, handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a fresh server: health, models, a chat and a stream with the demo', async (t) => {
  const h = await createHarness(t, { isSignedIn: false });
  const { out, err, status } = await check(['--url', `${h.url}/v1/`]);
  assert.equal(status, 0, err);
  assert.deepEqual(
    out.split('\n').map((line) => line.split(/\s+/).slice(0, 2).join(' ')),
    ['ok health', 'ok models', 'ok chat', 'ok stream', ''],
  );
  assert.match(out, /demo says: "This is the demo model/);
  assert.match(out, /\(\d+ chunks\)/);
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

test('the first client key of the environment is sent, and its lack is told', async (t) => {
  const h = await createHarness(t, { isSignedIn: false, apiKey: 'oc-key' });
  assert.equal((await check(['--url', h.url], { OPENCOMPAT_API_KEYS: 'oc-key,oc-other' })).status, 0);
  assert.equal((await check(['--url', h.url, '--key', 'oc-key'])).status, 0);
  const { out, err, status } = await check(['--url', h.url]);
  assert.equal(status, 1);
  assert.match(out, /^ok +health/);
  assert.match(err, /^FAILED {2}models {2}HTTP 401: .*key/);
  const wrong = await check(['--url', h.url, '--key', 'oc-wrong']);
  assert.match(wrong.err, /^FAILED {2}models {2}HTTP 401: /);
  assert.doesNotMatch(wrong.out + wrong.err, /oc-wrong/);
});

test('what is not such a server is told by the step that failed', async (t) => {
  const goodHead: Record<string, string> = {
    '/health': '{"status":"ok"}',
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
    [(_req, res) => res.end('<html>'), /^FAILED {2}health {2}the answer is not a JSON object/],
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
