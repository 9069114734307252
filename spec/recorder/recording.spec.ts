import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs, { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, request } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { defineMiddleware } from '../../lib/chain/middleware.ts';
import { writeHash } from '../../lib/config/key-hash.ts';
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

test('a client key may that has `record: true`', async (t) => {
  const key = 'sk-for-captures-1';
  const config = { clientKeys: [{ name: 'laptop', hash: writeHash(key), record: true }] };
  const h = await createHarness(t, { config });
  const headers = { authorization: `Bearer ${key}`, 'x-opencompat-record': '1' };
  await h.client.chat.completions.create(ask, { headers });
  const [capture] = await capturesOf(h);
  assert.equal(capture?.first('end')?.client, 'laptop');
});

test('events that a plugin changes are told, with its box', async (t) => {
  const shout = defineMiddleware({
    name: 'shout',
    create:
      () =>
      ({ exchange }, _res, next) => {
        exchange.onEvent((event, emit) =>
          emit(event.type === 'response.output_text.delta' ? { ...event, delta: event.delta.toUpperCase() } : event),
        );
        next();
      },
  });
  const h = await createHarness(t, { plugins: [shout], config: { record: 'all' } });
  await h.client.chat.completions.create(ask);
  const [capture] = await capturesOf(h);
  const events = capture!.all('event');
  assert.ok(events.length > 0);
  for (const { box, before, after } of events) {
    assert.equal(box, 'shout');
    assert.notDeepEqual([before], after);
  }
});

test('a fallback: both upstream requests, and the model that answered', async (t) => {
  const h = await createHarness(t, { config: { record: 'all', aliases: { coder: ['gpt-5.5', 'gpt-5.4'] } } });
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' } });
  await h.client.chat.completions.create({ ...ask, model: 'coder' }).catch(() => {});
  const [capture] = await capturesOf(h);
  const models = capture!.all('model').map(({ model, why }) => `${model} ${why}`);
  assert.deepEqual(models, ['gpt-5.5 alias', 'gpt-5.4 fallback']);
  assert.deepEqual(
    capture!.upstreamAnswers.map(({ head }) => head?.status),
    [429, 200],
  );
});

test('each turn on a WebSocket', async (t) => {
  const h = await createHarness(t, { config: { record: 'all' } });
  const socket = new WebSocket(`${h.url.replace('http', 'ws')}/v1/responses`);
  await new Promise((resolve) => socket.once('open', resolve));
  for (let turn = 0; turn < 2; turn += 1) {
    const ended = new Promise<void>((resolve) => {
      socket.on('message', (data) => /"type":"response.completed"/.test(String(data)) && resolve());
    });
    socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5.5', input: `Turn ${turn}` }));
    await ended;
    socket.removeAllListeners('message');
  }
  socket.close();
  const captures = await capturesOf(h);
  const asked = captures.map((capture) => /Turn \d/.exec(JSON.stringify(capture.first('canonical')?.request))?.[0]);
  assert.deepEqual(asked.sort(), ['Turn 0', 'Turn 1']);
  for (const capture of captures) assert.match(capture.clientBytes.toString(), /response\.completed/);
});

test('the oldest go when there are too many, and no others', async (t) => {
  const h = await createHarness(t, { config: { record: 'all', recordMaxFiles: 3 } });
  const startedAt: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    startedAt.push(new Date().toISOString());
    await h.client.chat.completions.create(ask);
  }
  const captures = await capturesOf(h);
  assert.equal(captures.length, 3);
  assert.ok((captures[0]!.first('capture')?.startedAt ?? '') >= startedAt[2]!);
});

test('a capture keeps to its limit, and says what it lacks', async (t) => {
  const h = await createHarness(t, { config: { record: 'all', recordMaxBytes: 10_000 } });
  const content = 'A long question. '.repeat(2_000);
  await h.client.chat.completions.create({ ...ask, messages: [{ role: 'user', content }] });
  const [capture] = await capturesOf(h);
  assert.ok((capture!.first('end')?.leftOutBytes ?? 0) > content.length);
  assert.ok(JSON.stringify(capture!.lines).length < 20_000);
});

test('a file that passes by is not held', async (t) => {
  const box = createServer((req, res) => {
    req.resume();
    req.on('end', () => res.setHeader('content-type', 'application/json').end('{"id":"file-1","object":"file"}'));
  });
  await new Promise<void>((resolve) => box.listen(0, '127.0.0.1', resolve));
  t.after(() => box.close());
  const baseURL = `http://127.0.0.1:${(box.address() as AddressInfo).port}/v1`;
  const h = await createHarness(t, {
    providers: { box: { type: 'openai-compatible', baseURL } },
    config: { record: 'all', recordMaxBytes: 1_000_000 },
  });
  const part = Buffer.alloc(1_000_000, 'a');
  const parts = 96;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heldBytes = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const atStart = heldBytes();
  let most = 0;
  const sent = request(`${h.url}/v1/files`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  });
  const answered = once(sent, 'response');
  for (let count = 0; count < parts; count += 1) {
    if (!sent.write(part)) await once(sent, 'drain');
    if (count % 16 === 15) most = Math.max(most, heldBytes() - atStart);
  }
  sent.end();
  const [answer] = (await answered) as [IncomingMessage];
  assert.equal(answer.resume().statusCode, 200);
  await once(answer, 'end');
  const [capture] = await capturesOf(h);
  assert.ok((capture!.first('end')?.leftOutBytes ?? 0) >= parts * part.length);
  assert.ok(most < (parts * part.length) / 2, `${most} bytes`);
});

test('a disk that hangs: requests go on, captures are dropped and counted', async (t) => {
  const h = await createHarness(t, { config: { record: 'all', recordMaxMemoryBytes: 100_000 } });
  const { promise: disk, resolve: letGo } = Promise.withResolvers<void>();
  const { writeFile } = fs;
  t.after(() => {
    fs.writeFile = writeFile;
    syncBuiltinESMExports();
  });
  fs.writeFile = (async (...given: Parameters<typeof writeFile>) => {
    if (String(given[0]).endsWith('.capture.jsonl')) await disk;
    return writeFile(...given);
  }) as typeof writeFile;
  syncBuiltinESMExports();
  const requests = 60;
  for (let count = 0; count < requests; count += 1) await h.client.chat.completions.create(ask);
  letGo();
  const captures = await capturesOf(h);
  const lost = h.logs.find(({ message }) => message === 'captures were lost')?.number as number;
  assert.ok(captures.length > 0 && lost > 0, `${captures.length} kept, ${lost} lost`);
  assert.equal(captures.length + lost, requests);
  assert.equal(h.logs.filter(({ message }) => message.startsWith('captures are lost')).length, 1);
});

test('a full disk: captures are dropped, none is left by half, and the next is kept when there is room', async (t) => {
  const h = await createHarness(t, { config: { record: 'all' } });
  const { writeFile } = fs;
  let isFull = true;
  t.after(() => {
    fs.writeFile = writeFile;
    syncBuiltinESMExports();
  });
  fs.writeFile = (async (path: string, text: string, options: object) => {
    if (!String(path).endsWith('.capture.jsonl') || !isFull) return writeFile(path, text, options);
    await writeFile(path, text.slice(0, 100), options);
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  }) as typeof writeFile;
  syncBuiltinESMExports();
  const told = () => h.logs.filter(({ message }) => message.startsWith('captures are lost'));
  await h.client.chat.completions.create(ask);
  while (told().length === 0) await nextTurn();
  assert.deepEqual(await readdir(join(h.dataDir, 'captures')), []);
  isFull = false;
  await h.client.chat.completions.create(ask);
  assert.equal((await capturesOf(h)).length, 1);
  assert.deepEqual(
    told().map(({ reason }) => reason),
    ['ENOSPC'],
  );
});

test('what is older than its days goes, whoever wrote it', async (t) => {
  const h = await createHarness(t, { config: { record: 'all', recordMaxDays: 2 } });
  const folder = join(h.dataDir, 'captures');
  await mkdir(folder, { recursive: true });
  const nameOf = (days: number) =>
    `${new Date(Date.now() - days * 86_400_000).toISOString().replace(/[:.]/g, '-')}_00000000.capture.jsonl`;
  const [old, young] = [nameOf(3), nameOf(1)];
  for (const name of [old, young, 'notes.txt']) await fs.writeFile(join(folder, name), '');
  await h.client.chat.completions.create(ask);
  await h.server.close();
  const names = await readdir(folder);
  assert.equal(names.length, 3);
  assert.ok(names.includes(young) && names.includes('notes.txt') && !names.includes(old), names.join());
});

test('a client that leaves: `all` keeps what had passed by, `errors` takes it for a change of mind', async (t) => {
  for (const record of ['all', 'errors'] as const) {
    const h = await createHarness(t, { config: { record } });
    h.upstream.reply('text-hello.sse', { pauseAfterBytes: 5000 });
    const leaving = new AbortController();
    const stream = await h.client.chat.completions.create({ ...ask, stream: true }, { signal: leaving.signal });
    for await (const _chunk of stream) {
      leaving.abort();
      break;
    }
    assert.equal(await h.upstream.last.aborted, true);
    const captures = await capturesOf(h);
    assert.equal(captures.length, record === 'all' ? 1 : 0);
    if (record === 'errors') continue;
    const [capture] = captures as [Capture];
    assert.equal(capture.first('end')?.isAborted, true);
    assert.equal(capture.upstreamAnswers[0]?.end?.how, 'closed');
    assert.match(capture.clientBytes.toString(), /chat\.completion\.chunk/);
  }
});
