/** `opencompat show`: captures in a terminal, as a curl command, and as an HTTP archive. */
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CaptureLine, parseCapture } from '../../lib/recorder/capture.ts';
import { toHar } from '../../lib/recorder/har.ts';
import { runCommand } from '../support/commands.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { processEnv } from '../support/process-env.ts';

let h: Harness;
let path: string;
const closing: (() => unknown)[] = [];
before(async () => {
  h = await createHarness({ after: (close: () => unknown) => void closing.push(close) } as never, {
    config: { record: 'all' },
  });
  h.upstream.reply('text-hello.sse', { splitEveryBytes: 700 });
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  await h.client.chat.completions.create({ model: 'gpt-5.5', messages }, { query: { q: 'a b' } });
  await h.server.close();
  const folder = join(h.dataDir, 'captures');
  path = join(folder, (await readdir(folder))[0]!);
});
after(async () => {
  for (const close of closing.reverse()) await close();
});

function show(...args: string[]) {
  const env = { ...processEnv, HOME: dirname(h.dataDir), XDG_DATA_HOME: dirname(h.dataDir) };
  return runCommand(['show', ...args], { env });
}

test('lists captures, and shows one by its file or its id', async () => {
  const { out } = await show();
  const [, id = ''] = out.trim().split('  ');
  assert.match(out, / {2}200 {2}\/v1\/chat\/completions\?q=a/);
  const [byFile, byId] = await Promise.all([show(path), show(id)]);
  assert.equal(byFile.out, byId.out);
  assert.match(byFile.out, /^ +[\d.]+ ms {2}client\.request .*"method="POST"|method="POST"/m);
  assert.match(byFile.out, /upstream\.bytes .*response\.output_text\.delta/);
  const { status, err } = await show('req_none');
  assert.equal(status, 1);
  assert.match(err, /There is no capture req_none/);
});

test('what is no capture is refused in words', async () => {
  const other = join(h.dataDir, 'other.json');
  await writeFile(other, '{"log":{}}');
  const { status, err } = await show(other);
  assert.equal(status, 1);
  assert.match(err, /other\.json: This is no capture/);
});

interface HarEntry {
  comment: string;
  startedDateTime: string;
  time: number;
  request: { method: string; url: string; queryString: object[]; headers: object[]; postData?: { text: string } };
  response: { status: number; statusText: string; content: { size: number; text: string; encoding?: string } };
  timings: { send: number; wait: number; receive: number };
}

test('exports an HTTP archive of the client’s exchange and the upstream’s', async () => {
  const { out } = await show(path, '--har');
  const { log } = JSON.parse(out) as { log: { version: string; creator: { name: string }; entries: HarEntry[] } };
  assert.deepEqual([log.version, log.creator.name], ['1.2', 'opencompat']);
  const [client, upstream, ...others] = log.entries as [HarEntry, HarEntry];
  assert.equal(others.length, 0);
  assert.equal(client.request.url, 'http://127.0.0.1:8080/v1/chat/completions?q=a%20b');
  assert.deepEqual(client.request.queryString, [{ name: 'q', value: 'a b' }]);
  assert.match(client.request.postData?.text ?? '', /Hello/);
  assert.equal(JSON.parse(client.response.content.text).object, 'chat.completion');
  assert.deepEqual([upstream.comment, upstream.response.status, upstream.response.statusText], ['upstream', 200, 'OK']);
  assert.match(upstream.response.content.text, /event: response\.completed/);
  for (const { startedDateTime, time, timings, response } of log.entries) {
    assert.ok(Number.isFinite(Date.parse(startedDateTime)));
    assert.ok(Math.abs(timings.send + timings.wait + timings.receive - time) < 0.01);
    assert.equal(response.content.size, Buffer.byteLength(response.content.text));
  }
});

test('an upstream that gave no answer, and bytes that are no text, have their place in the archive', () => {
  const lines = [
    { at: 'capture', version: 2, id: 'req_1', startedAt: '2026-11-01T00:00:00.000Z' },
    { at: 'client.request', ms: 0, method: 'GET', path: '/v1/files', headers: { accept: ['a', 'b'] } },
    { at: 'upstream.request', n: 0, ms: 1, method: 'POST', url: 'https://up.example/v1', headers: {}, text: '{}' },
    { at: 'upstream.end', n: 0, ms: 4, how: 'failed', error: { message: 'it cannot be reached' } },
    { at: 'upstream.request', n: 1, ms: 5, method: 'POST', url: 'no url', headers: {} },
    { at: 'client.head', ms: 6, status: 502, headers: { 'content-type': 'image/png' } },
    { at: 'client.bytes', ms: 7, base64: '/w==' },
  ];
  const capture = parseCapture(
    lines.map((line) => JSON.stringify(line satisfies { at: string } as unknown as CaptureLine)).join('\n'),
  );
  const { log } = toHar(capture) as { log: { entries: HarEntry[] } };
  assert.deepEqual(
    log.entries.map(({ comment, response }) => [comment, response.status, response.content.encoding]),
    [
      ['client', 502, 'base64'],
      ['upstream, failed: it cannot be reached', 0, undefined],
    ],
  );
});
