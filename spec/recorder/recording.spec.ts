import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Capture, parseCapture } from '../../lib/recorder/capture.ts';
import { toCurl } from '../../lib/recorder/curl.ts';
import { createHarness, type Harness } from '../support/harness.ts';

async function capturesOf(h: Harness): Promise<Capture[]> {
  await h.server.close();
  const folder = join(h.dataDir, 'captures');
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.sort().map(async (name) => parseCapture(await readFile(join(folder, name), 'utf8'))));
}

const ask = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Hello' }] };

test('records all of a streamed request', async (t) => {
  const h = await createHarness(t, { config: { record: 'all' } });
  h.upstream.reply('text-hello.sse', { splitEveryBytes: 700 });
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...ask, stream: true, logit_bias: { 1: 2 } }),
  });
  const text = await answer.text();
  const [capture, ...others] = await capturesOf(h);
  assert.ok(capture);
  assert.equal(others.length, 0);
  assert.equal(capture.clientBytes.toString(), text);
  assert.equal(capture.first('client.request')?.path, '/v1/chat/completions');
  assert.match(capture.first('client.request')?.text ?? '', /Hello/);
  assert.deepEqual(capture.first('model')?.why, 'name');
  assert.equal(capture.first('model')?.providerType, 'chatgpt');
  assert.ok(capture.first('canonical')?.request);
  const [upstream] = capture.upstreamAnswers;
  assert.equal(upstream?.head?.status, 200);
  assert.ok(upstream.reads.length > 1);
  assert.equal(upstream.end?.how, 'end');
  assert.deepEqual(capture.first('end')?.ignored, ['logit_bias']);
});

test('`errors` keeps those that fail, with their cause', async (t) => {
  const h = await createHarness(t, { config: { record: 'errors' } });
  await h.client.chat.completions.create(ask);
  h.upstream.refuse(400, { error: { message: 'No such thing', type: 'invalid_request_error' } });
  await assert.rejects(h.client.chat.completions.create(ask));
  const captures = await capturesOf(h);
  assert.equal(captures.length, 1);
  assert.equal(captures[0]?.first('end')?.error?.code, 'OC_UPSTREAM_BAD_REQUEST');
  assert.equal(captures[0]?.upstreamAnswers[0]?.head?.status, 400);
});

test('nothing is recorded by default', async (t) => {
  const h = await createHarness(t);
  await h.client.chat.completions.create(ask);
  assert.deepEqual(await capturesOf(h), []);
});

test('a client of this machine may ask for one request where there are no keys', async (t) => {
  const h = await createHarness(t);
  await h.client.chat.completions.create(ask, { headers: { 'x-opencompat-record': '1' } });
  await h.client.chat.completions.create(ask, {
    headers: { 'x-opencompat-record': '1', 'x-forwarded-for': '10.0.0.1' },
  });
  assert.equal((await capturesOf(h)).length, 1);
});

test('a client key may not, unless it says so', async (t) => {
  const h = await createHarness(t, { apiKey: 'sk-not-for-captures-1' });
  await h.client.chat.completions.create(ask, { headers: { 'x-opencompat-record': '1' } });
  assert.equal((await capturesOf(h)).length, 0);
});

test('a disk that takes no captures costs no request, and is told of once', async (t) => {
  const h = await createHarness(t, { config: { record: 'all' } });
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(h.dataDir, 'captures'), 'no folder');
  for (let count = 0; count < 3; count += 1) await h.client.chat.completions.create(ask);
  await h.server.close();
  assert.equal(h.logs.filter(({ message }) => message.startsWith('captures are lost')).length, 1);
  assert.equal(h.logs.find(({ message }) => message === 'captures were lost')?.number, 3);
});

test('files are for their owner alone', async (t) => {
  const h = await createHarness(t, { config: { record: 'all' } });
  await h.client.chat.completions.create(ask);
  await h.server.close();
  const folder = join(h.dataDir, 'captures');
  for (const name of await readdir(folder)) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
});

test('the request as a curl command is one word each, whatever it holds', async (t) => {
  const h = await createHarness(t, { config: { record: 'all' } });
  await h.client.chat.completions.create({ ...ask, messages: [{ role: 'user', content: "it's $(id)" }] });
  const [capture] = await capturesOf(h);
  const command = toCurl(capture!);
  assert.match(command, /--data-raw '.*it'\\''s \$\(id\)/);
  assert.match(command, /^curl -X 'POST' 'http:\/\/127\.0\.0\.1:8080\/v1\/chat\/completions'/);
});
