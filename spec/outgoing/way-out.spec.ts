/** What lies between this server and an upstream: proxies that refuse, connections that lead nowhere, answers that come compressed. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { outgoingFetch } from '../../lib/outgoing/fetch.ts';
import { describeNetworkError } from '../../lib/outgoing/network-errors.ts';
import { createHarness, type Harness } from '../support/index.ts';

async function listen(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const whole = {
  id: 'c',
  object: 'chat.completion',
  created: 0,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
};
const chunk = (delta: object, reason: string | null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'm', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
const events = `${chunk({ role: 'assistant', content: 'hel' }, null)}${chunk({ content: 'lo' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`;

function createLab(t: TestContext, url: string, config: object = {}): Promise<Harness> {
  return createHarness(t, {
    providers: { lab: { type: 'openai-compatible', baseURL: `${url}/v1` } },
    config: { modelsRefresh: 0, ...config },
  });
}

async function ask(h: Harness, changes: object = {}): Promise<{ status: number; text: string }> {
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'Hi' }], ...changes }),
  });
  return { status: answer.status, text: await answer.text() };
}

function setVariable(t: TestContext, name: string, value: string): void {
  process.env[name] = value;
  t.after(() => {
    delete process.env[name];
  });
}

for (const [status, words] of [
  [407, /refused the way there with HTTP 407: it does not take the user name and password/],
  [403, /refused the way there with HTTP 403/],
  [503, /refused the way there with HTTP 503/],
] as const) {
  test(`a proxy that refuses with ${status} is named, for requests and for lists; the provider is not blamed`, async (t) => {
    const proxy = createServer();
    const asked: (string | undefined)[] = [];
    proxy.on('connect', (req: IncomingMessage, socket: Socket) => {
      asked.push(req.headers['proxy-authorization']);
      socket.on('error', () => {});
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno`);
    });
    const address = new URL(await listen(t, proxy)).host;
    setVariable(t, 'HTTPS_PROXY', `http://user:50%25@${address}`);
    const h = await createLab(t, 'https://gpu.corp.test');
    const { status: given, text } = await ask(h);
    assert.equal(given, 502);
    assert.match(text, words);
    assert.ok(text.includes(`the proxy ${address} (HTTPS_PROXY)`), text);
    assert.doesNotMatch(text, /user:|overloaded|answered with HTTP/);
    assert.equal(asked[0], `Basic ${Buffer.from('user:50%').toString('base64')}`);
    await assert.rejects(outgoingFetch('https://list.corp.test/'), (error) => words.test(describeNetworkError(error)));
  });
}

test('a proxy that is not there is named, not the upstream behind it', async (t) => {
  const gone = createServer();
  const address = new URL(await listen(t, gone)).host;
  gone.close();
  setVariable(t, 'HTTPS_PROXY', address);
  const h = await createLab(t, 'https://gpu.corp.test');
  const { text } = await ask(h);
  assert.match(
    text,
    /the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) cannot be used: the connection was refused \(ECONNREFUSED\)/,
  );
});

const codings: Record<string, (text: string) => Buffer> = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};
for (const [coding, compress] of Object.entries(codings)) {
  test(`nothing is to be compressed; what comes as ${coding} all the same is undone`, async (t) => {
    const accepted = new Set<string | undefined>();
    const upstream = createServer((req, res) => {
      accepted.add(req.headers['accept-encoding']);
      const chunks: Buffer[] = [];
      req.on('data', (part) => chunks.push(part));
      req.on('end', () => answer(req, res, Buffer.concat(chunks).toString()));
    });
    function answer(req: IncomingMessage, res: ServerResponse, body: string): void {
      const isStream = req.method === 'POST' && JSON.parse(body).stream === true;
      const list = { object: 'list', data: [{ id: 'm', object: 'model' }] };
      const text = isStream ? events : JSON.stringify(req.method === 'POST' ? whole : list);
      res.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
      res.setHeader('content-encoding', coding);
      res.end(compress(text));
    }
    const url = await listen(t, upstream);
    const h = await createLab(t, url);
    assert.match((await ask(h)).text, /hello/);
    const { text } = await ask(h, { stream: true });
    assert.match(text, /"hel".*"lo".*\[DONE\]/s);
    assert.match(await (await outgoingFetch(`${url}/v1/models`)).text(), /"id":"m"/);
    assert.deepEqual([...accepted], ['identity']);
  });
}

test('an event of a compressed stream arrives when it is sent', async (t) => {
  const { createGzip, constants } = await import('node:zlib');
  let goOn!: () => void;
  const upstream = createServer((req, res) => {
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    gzip.pipe(res);
    gzip.write(chunk({ role: 'assistant', content: 'first' }, null));
    goOn = () => gzip.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
  });
  const h = await createLab(t, await listen(t, upstream));
  const stream = await h.client.chat.completions.create({
    model: 'lab/m',
    stream: true,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  const seen: (string | null | undefined)[] = [];
  for await (const { choices } of stream) {
    seen.push(choices[0]?.delta.content);
    if (seen.length === 1) goOn();
  }
  assert.equal(seen[0], 'first');
});

test('a deflate without its head, and a coding that is not known, cost an error and no more', async (t) => {
  let coding = 'deflate';
  const upstream = createServer((req, res) => {
    req.resume();
    res.setHeader('content-type', 'application/json');
    res.setHeader('content-encoding', coding);
    res.end(deflateRawSync(JSON.stringify(whole)));
  });
  const h = await createLab(t, await listen(t, upstream));
  for (coding of ['deflate', 'compress', 'gzip, br']) {
    const { status, text } = await ask(h);
    assert.equal(status, 502, `${coding}: ${text}`);
    assert.match(text, /"code":"upstream_/);
  }
  assert.equal((await h.fetch('/health')).status, 200);
});

/** An upstream that answers each connection's first request, and swallows whatever comes on it later. */
async function createForgetfulUpstream(t: TestContext) {
  const answered = new WeakSet<Socket>();
  const state = { swallowed: 0, connections: 0 };
  const server = createServer((req, res) => {
    req.resume().on('end', () => {
      if (answered.has(req.socket)) return void state.swallowed++;
      answered.add(req.socket);
      const isStream = req.headers.accept === 'text/event-stream';
      res.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
      res.end(isStream ? events : JSON.stringify(whole));
    });
  });
  server.on('connection', () => state.connections++);
  return { url: await listen(t, server), state };
}

/** From now on the clock is ahead. */
function turnClock(t: TestContext, byMs: number): void {
  const now = Date.now.bind(Date);
  t.mock.method(Date, 'now', () => now() + byMs);
}

test('without a byte of answer on a connection that lay idle, the request goes out once more on a new one', async (t) => {
  const { url, state } = await createForgetfulUpstream(t);
  const h = await createLab(t, url, { upstreamIdleTimeout: 0.5, keepaliveInterval: 0 });
  for (const changes of [{}, { stream: true }, {}]) {
    const { status, text } = await ask(h, changes);
    assert.equal(status, 200, text);
    turnClock(t, 1_500);
  }
  assert.deepEqual(state, { swallowed: 2, connections: 3 });
});

test('a slow model is not asked twice on a connection that was just in use', async (t) => {
  const { url, state } = await createForgetfulUpstream(t);
  const h = await createLab(t, url, { upstreamIdleTimeout: 0.5, keepaliveInterval: 0 });
  for (const stream of [false, true]) {
    assert.equal((await ask(h)).status, 200);
    assert.equal((await ask(h, { stream })).status, 504);
  }
  assert.deepEqual(state, { swallowed: 2, connections: 2 });
});

test('a request that the machine sleeps through is sent again as soon as it wakes up', async (t) => {
  const { url, state } = await createForgetfulUpstream(t);
  const h = await createLab(t, url);
  await ask(h);
  const second = ask(h, { stream: true });
  while (state.swallowed === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  turnClock(t, 3_600_000);
  assert.equal((await second).status, 200);
  assert.deepEqual(state, { swallowed: 1, connections: 2 });
});

test('on a new connection silence is the upstream’s own, and the request is not repeated', async (t) => {
  let requests = 0;
  const server = createServer((req) => {
    requests++;
    req.resume();
  });
  const h = await createLab(t, await listen(t, server), { upstreamIdleTimeout: 0.3, keepaliveInterval: 0 });
  const { status, text } = await ask(h);
  assert.equal(status, 504, text);
  assert.equal(requests, 1);
});

for (const [name, jumpMs] of [
  ['slept through', 3_600_000],
  ['was set back over', -3_600_000],
] as const) {
  test(`a connection that the machine ${name} is not used again`, async (t) => {
    const { url, state } = await createForgetfulUpstream(t);
    const h = await createLab(t, url);
    assert.equal((await ask(h)).status, 200);
    const { now } = Date;
    t.mock.method(Date, 'now', () => now() + jumpMs);
    assert.equal((await ask(h)).status, 200);
    assert.deepEqual(state, { swallowed: 0, connections: 2 });
  });
}

test('certificates that are not trusted get the hint at NODE_EXTRA_CA_CERTS, in every part', () => {
  for (const code of [
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'CERT_UNTRUSTED',
  ]) {
    const error = Object.assign(new Error('certificate'), { code });
    const expected = new RegExp(`NODE_EXTRA_CA_CERTS.*\\(${code}\\)$`);
    assert.match(describeNetworkError(error), expected);
    assert.match(describeNetworkError(new TypeError('fetch failed', { cause: error })), expected);
  }
});
