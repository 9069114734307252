/** Streams that their client loses and comes back to: in every API each delta once, of one upstream request. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { defineMiddleware } from '../../lib/chain/middleware.ts';
import { createEventCutter } from '../../lib/kept/event-cutter.ts';
import { clientReaders } from '../support/client-readers.ts';
import { createHarness, type Harness, scriptAnswer } from '../support/index.ts';
import { cuts, readSome, readWithCuts, seed, words } from '../support/resuming-client.ts';

test('every API: a stream that is cut fifty times at random places comes whole, of one upstream request', async (t) => {
  const h = await createHarness(t, { config: { keepaliveInterval: 0 } });
  for (const client of clientReaders) {
    await t.test(`${client.name} (CUT_SEED=${seed})`, async () => {
      h.upstream.reply(scriptAnswer([{ text: words }]));
      const before = h.upstream.requests.length;
      const isByLine = client.name.startsWith('Ollama');
      const { text, connections } = await readWithCuts(h.fetch, client.path, client.toBody('gpt-5.5', true), isByLine);
      assert.equal(client.readStream(text).text, words);
      assert.equal(h.upstream.requests.length, before + 1);
      assert.ok(connections > cuts / 2, `${connections} connections`);
    });
  }
});

const question = { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }], stream: true };

function ask(h: Harness, headers: Record<string, string>): Promise<Response> {
  const init = { method: 'POST', body: JSON.stringify(question) };
  return h.fetch('/v1/chat/completions', { ...init, headers: { 'content-type': 'application/json', ...headers } });
}

const idOf = (answer: Response) => answer.headers.get('x-opencompat-resume')!;

test('a stream goes on while nobody reads, and several read it at once', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const first = await ask(h, { 'x-opencompat-resume': 'new' });
  const { events } = await readSome(first, false, 1);
  const [left, right] = await Promise.all([1, 2].map(() => ask(h, { 'last-event-id': `${idOf(first)}:1` })));
  h.upstream.last.resume();
  const rest = await left!.text();
  assert.equal(await right!.text(), rest);
  assert.match(rest, /data: \[DONE\]/);
  assert.doesNotMatch(rest, new RegExp(`${idOf(first)}:1\n`));
  assert.match(events[0]!, new RegExp(`^id: ${idOf(first)}:1$`, 'm'));
  const again = await ask(h, { 'x-opencompat-resume': `${idOf(first)}:0` });
  assert.equal(await again.text(), events[0] + rest);
  assert.equal(h.upstream.requests.length, 1);
});

test('the access log has one request to a model', async (t) => {
  const h = await createHarness(t, { apiKey: 'sk-one', config: { resume: 'all' } });
  const answer = await ask(h, {});
  await answer.text();
  await (await ask(h, { 'last-event-id': `${idOf(answer)}:2` })).text();
  await sleep(20);
  const lines = h.logs.filter(({ upstream_model }) => upstream_model !== undefined);
  assert.equal(lines.length, 1);
});

test('an upstream is let go when nobody has come back in time, and at once where the client did not ask', async (t) => {
  const h = await createHarness(t, { config: { resumeTimeout: 0.05 } });
  for (const headers of [{ 'x-opencompat-resume': 'new' }, {}] as Record<string, string>[]) {
    h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
    const answer = await ask(h, headers);
    await readSome(answer, false, 1);
    assert.equal(await h.upstream.last.aborted, true);
    if (!headers['x-opencompat-resume']) continue;
    const late = await ask(h, { 'last-event-id': `${idOf(answer)}:1` });
    assert.equal(late.status, 404);
    assert.equal(((await late.json()) as { error: { code: string } }).error.code, 'resume_unknown');
  }
  assert.equal(h.upstream.requests.length, 2);
});

test('a reader that leaves on its way in holds nothing', { timeout: 10_000 }, async (t) => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: waiting, resolve: noteWaiting } = Promise.withResolvers<void>();
  const dawdle = defineMiddleware({
    name: 'dawdle',
    before: ['rate-limit'],
    create: () => async (req, res, next) => {
      if (req.headers['x-slow'] !== undefined) {
        res.once('close', open);
        noteWaiting();
        await opened;
      }
      next();
    },
  });
  const h = await createHarness(t, { plugins: [dawdle], config: { resumeTimeout: 0.05 } });
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const answer = await ask(h, { 'x-opencompat-resume': 'new' });
  const leaving = new AbortController();
  const left = h
    .fetch('/v1/chat/completions', {
      headers: { 'last-event-id': `${idOf(answer)}:0`, 'x-slow': '1' },
      signal: leaving.signal,
    })
    .catch(() => {});
  await waiting;
  leaving.abort();
  await Promise.all([left, opened]);
  await readSome(answer, false, 1);
  assert.equal(await h.upstream.last.aborted, true);
});

test('a token is of use to its owner alone, and an unknown one asks nothing of a model', async (t) => {
  const h = await createHarness(t, { config: { apiKeys: ['sk-one', 'sk-two'] } });
  const as = (key: string, more: object) => ask(h, { authorization: `Bearer ${key}`, ...more });
  const answer = await as('sk-one', { 'x-opencompat-resume': 'new' });
  await answer.text();
  const token = `${idOf(answer)}:1`;
  assert.equal((await as('sk-two', { 'last-event-id': token })).status, 404);
  assert.equal((await as('sk-none', { 'last-event-id': token })).status, 401);
  const id = idOf(answer);
  const positions = ['99999', '-1', '+1', '1e3', '0x1', '1.0', '999999999999', '9'.repeat(400), ' 1', ''];
  for (const unknown of ['7', 'null', 'x'.repeat(24), `${id}:1:1`, ...positions.map((at) => `${id}:${at}`)]) {
    assert.equal((await as('sk-one', { 'last-event-id': unknown })).status, 404);
  }
  assert.equal((await as('sk-one', { 'last-event-id': token })).status, 200);
  assert.equal(h.upstream.requests.length, 1);
});

test('errors, answers in one piece and streams over the limit pass as they are', async (t) => {
  const h = await createHarness(t, { config: { resumeMaxAnswers: 1 } });
  const init = (body: object) => ({
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-opencompat-resume': 'new' },
  });
  const wrong = await h.fetch('/v1/chat/completions', init({ ...question, model: 'no-such-model' }));
  assert.equal(wrong.status, 404);
  const whole = await h.fetch('/v1/chat/completions', init({ ...question, stream: false }));
  assert.equal(((await whole.json()) as { object: string }).object, 'chat.completion');
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const first = await ask(h, { 'x-opencompat-resume': 'new' });
  const { resume } = h.upstream.last;
  const second = await ask(h, { 'x-opencompat-resume': 'new' });
  assert.equal(idOf(second), 'none');
  assert.match(await second.text(), /\[DONE\]/);

  // One that was read to its end makes room for the next.
  resume();
  await first.text();
  const third = await ask(h, { 'x-opencompat-resume': 'new' });
  assert.match(idOf(third), /^[\w-]{24}$/);
  await third.text();
  assert.equal((await ask(h, { 'last-event-id': `${idOf(first)}:1` })).status, 404);
});

test('a reader that comes back by itself repeats `new` and adds the last event', async (t) => {
  const h = await createHarness(t);
  const first = await ask(h, { 'x-opencompat-resume': 'new' });
  const all = await first.text();
  const again = await ask(h, { 'x-opencompat-resume': 'new', 'last-event-id': `${idOf(first)}:1` });
  assert.equal(await again.text(), all.slice(all.indexOf('\n\n') + 2));
  assert.equal(h.upstream.requests.length, 1);
});

/** Keeps the answers that a server gives, and holds up the requests that go on with a stream where it is told to. */
function watchResumptions() {
  const answers: ServerResponse[] = [];
  let gate: Promise<void> | undefined;
  const plugin = defineMiddleware({
    name: 'watch-resumptions',
    before: ['rate-limit'],
    create: () => async (req, res, next) => {
      if (req.exchange.isResumption) {
        answers.push(res);
        await gate;
      }
      next();
    },
  });
  const hold = () => {
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  };
  return { answers, plugin, hold };
}

/** A client that asks for the rest of a stream and reads none of it. */
function goOnUnread(h: Harness, token: string): Socket {
  const socket = connect(h.server.address.port, '127.0.0.1').on('error', () => {});
  socket.write(`GET /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nlast-event-id: ${token}\r\n\r\n`);
  return socket.pause();
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(5);
}

test('of clients that come back by the dozen and read nothing, eight stay, with little waiting for each', async (t) => {
  const { answers, plugin, hold } = watchResumptions();
  const h = await createHarness(t, { plugins: [plugin] });
  // More than the system's own buffers take of what nobody reads.
  h.upstream.reply(scriptAnswer([{ text: `${'x'.repeat(5000)} `.repeat(1400) }]));
  const first = await ask(h, { 'x-opencompat-resume': 'new' });
  const all = await first.text();
  assert.ok(all.length > 7_000_000, String(all.length));
  const open = hold();
  const sockets = Array.from({ length: 12 }, () => goOnUnread(h, `${idOf(first)}:0`));
  await until(() => answers.length === sockets.length);
  open();
  await until(() => answers.every(({ headersSent, destroyed }) => headersSent || destroyed));
  await sleep(20);
  const staying = answers.filter(({ destroyed }) => !destroyed);
  assert.equal(staying.length, 8);
  for (const { writableLength } of staying) assert.ok(writableLength < 200_000, String(writableLength));
  assert.equal(await (await ask(h, { 'last-event-id': `${idOf(first)}:0` })).text(), all);
  for (const socket of sockets) socket.destroy();
  assert.equal(h.upstream.requests.length, 1);
});

test('a server that stops ends no stream that is read, and lets go of those that nobody can come back to', async (t) => {
  const h = await createHarness(t, { config: { shutdownGrace: 5 } });
  const start = async () => {
    h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
    const before = h.upstream.requests.length;
    const answer = await ask(h, { 'x-opencompat-resume': 'new' });
    return { answer, request: await h.upstream.waitForRequest(before) };
  };
  const left = await start();
  await readSome(left.answer, false, 1);
  const read = await start();
  const closing = h.server.close();
  assert.equal(await left.request.aborted, true);
  read.request.resume();
  assert.match(await read.answer.text(), /\[DONE\]/);
  await closing;
});

test('a stream goes on over a reload of the configuration, and no proxy is to hold back what follows', async (t) => {
  const h = await createHarness(t, { config: { apiKeys: ['sk-one', 'sk-two'] } });
  const as = (key: string, more: object) => ask(h, { authorization: `Bearer ${key}`, ...more });
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const first = await as('sk-one', { 'x-opencompat-resume': 'new' });
  await readSome(first, false, 1);
  await h.reload({ apiKeys: ['sk-one'], rateLimit: 5, resume: 'all' });
  const token = { 'last-event-id': `${idOf(first)}:1` };
  assert.equal((await as('sk-two', token)).status, 401);
  const again = await as('sk-one', token);
  for (const name of ['x-accel-buffering', 'cache-control']) {
    assert.equal(again.headers.get(name), first.headers.get(name));
    assert.match(again.headers.get(name)!, /^no/);
  }
  h.upstream.last.resume();
  assert.match(await again.text(), /\[DONE\]/);
});

test('what is kept is bounded: the oldest events go, and who needs them hears it', async (t) => {
  const h = await createHarness(t, { config: { resumeMaxBytes: 65_536 } });
  h.upstream.reply(scriptAnswer([{ text: words }]));
  const answer = await ask(h, { 'x-opencompat-resume': 'new' });
  assert.match(await answer.text(), /\[DONE\]/);
  const gone = await ask(h, { 'last-event-id': `${idOf(answer)}:1` });
  assert.equal(gone.status, 410);
});

test('a run that breaks off ends its readers with the error of their API', async (t) => {
  const breaking = defineMiddleware({
    name: 'breaking',
    after: ['validate'],
    create: () => (req, res, next) => {
      req.exchange.onEvent((event, emit) => {
        emit(event);
        if (event.type === 'response.output_text.delta') setTimeout(() => res.destroy(), 20);
      });
      next();
    },
  });
  const h = await createHarness(t, { plugins: [breaking] });
  for (const { name, path, toBody, readStreamError, readError } of clientReaders) {
    await t.test(name, async () => {
      h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
      const headers = { 'content-type': 'application/json', 'x-opencompat-resume': 'new' };
      const answer = await h.fetch(path, { method: 'POST', headers, body: JSON.stringify(toBody('gpt-5.5', true)) });
      const wire = (await answer.text()).replace(/^id: .*\n/gm, '');
      const error = readStreamError(wire);
      const message = name === 'Responses' ? (error.error as { message: string }).message : readError(error);
      assert.match(message, /^The rest of the answer is lost, all behind its first \d+ events: it broke off\. Send/);
    });
  }
});

test('pictures are streams too, and a token is of use on its path alone', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply('image-generation.sse');
  const headers = (more: object) => ({ 'content-type': 'application/json', ...more });
  const body = JSON.stringify({ prompt: 'A lighthouse', stream: true, partial_images: 2 });
  const draw = (path: string, more: object) => h.fetch(path, { method: 'POST', headers: headers(more), body });
  const answer = await draw('/v1/images/generations', { 'x-opencompat-resume': 'new' });
  const all = await answer.text();
  const asked = { 'last-event-id': `${idOf(answer)}:1` };
  const rest = await (await draw('/v1/images/generations', asked)).text();
  assert.equal(all.slice(all.indexOf('\n\n') + 2), rest);
  assert.match(rest, /image_generation\.completed/);
  assert.equal((await draw('/v1/chat/completions', asked)).status, 404);
  assert.equal((await h.fetch('/v1/responses', { headers: asked })).status, 404);
  assert.equal((await h.fetch('/v1/images/generations', { headers: asked })).status, 200);
  assert.equal(h.upstream.requests.length, 1);
});

test('by `resume: all`, only answers of models are taken inside, and these see the connection of their client', async (t) => {
  const seen: unknown[] = [];
  const watching = defineMiddleware({
    name: 'watching',
    before: ['host-guard'],
    create: () => (req, _res, next) => {
      const { remoteAddress, remotePort, localAddress, localPort } = req.socket;
      const isInner = req.socket.constructor.name !== 'Socket';
      seen.push({ path: req.path, isInner, remoteAddress, hasPort: remotePort! > 0, localAddress, localPort });
      next();
    },
  });
  const h = await createHarness(t, { config: { resume: 'all' }, plugins: [watching] });
  const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
  for (const path of ['/reload', '/console/api/sign-in', '/v1/embeddings', '/v1/messages/count_tokens', '/api/show']) {
    await (await h.fetch(path, post)).text();
  }
  await (await ask(h, {})).text();
  const facts = {
    remoteAddress: '127.0.0.1',
    hasPort: true,
    localAddress: '127.0.0.1',
    localPort: h.server.address.port,
  };
  assert.ok(seen.length >= 4);
  for (const one of seen as { path: string }[]) {
    const { path } = one;
    assert.deepEqual(one, { path, isInner: path === '/v1/chat/completions', ...facts });
  }
});

test('a stream that was resumed, and recorded, has one row in the ledger and one capture', async (t) => {
  const h = await createHarness(t, { config: { usageStore: 'file' } });
  const recorded = { 'x-opencompat-record': '1' };
  const answer = await ask(h, { 'x-opencompat-resume': 'new', ...recorded });
  const all = await answer.text();
  const rest = await (await ask(h, { 'last-event-id': `${idOf(answer)}:2`, ...recorded })).text();
  assert.ok(all.endsWith(rest));
  await sleep(50);
  await h.server.close();
  const ledger = new DatabaseSync(join(h.dataDir, 'usage.sqlite'), { readOnly: true });
  t.after(() => ledger.close());
  assert.deepEqual({ ...ledger.prepare('SELECT count(*) AS rows FROM requests').get() }, { rows: 1 });
  const captures = await readdir(join(h.dataDir, 'captures'));
  assert.equal(captures.length, 1);
});

test('events are cut the same wherever the reads split them', () => {
  const wire = Buffer.from(': ping\nevent: a\r\ndata: 1\r\nid: 7\r\n\r\ndata: ü\ndata\n\n\n: x\ndata: end');
  const cut = (sizes: readonly number[], isByLine: boolean) => {
    const events: string[] = [];
    const onEvent = (event: Buffer) => events.push(event.toString());
    const cutter = createEventCutter({ isByLine, maxEventBytes: 1000, onEvent, onAwake() {} });
    let at = 0;
    for (const size of [...sizes, wire.length]) {
      cutter.feed(wire.subarray(at, at + size));
      at += size;
    }
    cutter.end();
    return events;
  };
  assert.deepEqual(cut([], false), ['event: a\r\ndata: 1\r\n', 'data: ü\ndata\n', 'data: end\n']);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 })), fc.boolean(), (sizes, isByLine) => {
      assert.deepEqual(cut(sizes, isByLine), cut([], isByLine));
    }),
  );
});
