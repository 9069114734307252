/** Every way in which an upstream fails has one answer: a real status before the first byte, an error event after it. */
import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { createHarness, type Delivery, type Harness } from '../support/index.ts';

const hello = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Hello' }] };

interface WireError {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

async function ask(
  h: Harness,
  stream: boolean,
): Promise<{ status: number; headers: Headers; text: string; error?: WireError }> {
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...hello, stream }),
  });
  const text = await answer.text();
  const json = answer.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : undefined;
  return { status: answer.status, headers: answer.headers, text, error: json?.error };
}

const whole = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'one',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
};

const failed = (code: string, message = 'It went wrong') => [
  { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', output: [] } },
  { type: 'response.failed', response: { id: 'resp_1', status: 'failed', error: { code, message }, output: [] } },
];

const refusals: [
  string,
  number,
  Record<string, string>,
  string | object,
  number,
  string | null,
  Record<string, string>,
][] = [
  ['a string detail', 400, {}, { detail: 'Unsupported parameter: foo' }, 400, 'unsupported_parameter', {}],
  [
    'an HTML page',
    403,
    { 'content-type': 'text/html', 'cf-mitigated': 'challenge' },
    '<!doctype html>Just a moment',
    502,
    'upstream_blocked',
    {},
  ],
  ['an empty 404', 404, {}, '', 502, 'upstream_blocked', {}],
  [
    'a spent plan',
    429,
    {},
    { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached', resets_in_seconds: 602_705 } },
    429,
    'usage_limit_reached',
    { 'x-should-retry': 'false', 'retry-after': '602705' },
  ],
  [
    'a rate limit',
    429,
    { 'retry-after': '2' },
    { error: { message: 'Slow down' } },
    429,
    'rate_limit_exceeded',
    { 'retry-after': '2' },
  ],
  [
    'an overloaded server',
    503,
    {},
    { error: { code: 'server_is_overloaded', message: 'Busy' } },
    503,
    'server_is_overloaded',
    {},
  ],
  ['an internal error', 500, {}, 'oops', 502, 'upstream_error', {}],
];
for (const [name, status, headers, body, expected, code, expectedHeaders] of refusals) {
  test(`${name} becomes ${expected} ${code}`, async (t) => {
    const h = await createHarness(t);
    for (const stream of [false, true]) {
      h.upstream.refuse(status, body, headers);
      const answer = await ask(h, stream);
      assert.equal(answer.status, expected);
      assert.equal(answer.error?.code, code);
      assert.deepEqual(Object.keys(answer.error!).slice(0, 4), ['message', 'type', 'param', 'code']);
      assert.doesNotMatch(answer.text, /</);
      for (const [key, value] of Object.entries(expectedHeaders)) assert.equal(answer.headers.get(key), value);
      assert.ok(answer.headers.get('x-request-id'));
    }
  });
}

const beforeOutput: [string, Parameters<Harness['upstream']['reply']>[0], Delivery, number, string][] = [
  ['response.failed right after response.created', failed('rate_limit_exceeded'), {}, 429, 'rate_limit_exceeded'],
  ['a context that is too long', failed('context_length_exceeded'), {}, 400, 'context_length_exceeded'],
  ['a failure without a code', failed(null as unknown as string), {}, 502, 'upstream_error'],
  ['a stream that is cut before any text', 'text-hello.sse', { cutAfterBytes: 150 }, 502, 'upstream_stream_closed'],
  ['an empty stream', [], {}, 502, 'upstream_stream_closed'],
];
for (const [name, answer, delivery, status, code] of beforeOutput) {
  test(`${name}: ${status} ${code}, streamed or not`, async (t) => {
    const h = await createHarness(t);
    for (const stream of [false, true]) {
      h.upstream.reply(answer, delivery);
      const { status: got, error } = await ask(h, stream);
      assert.equal(got, status);
      assert.equal(error?.code, code);
    }
  });
}

test('a stream that is cut behind some text ends with an error event, and SDKs raise', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply('text-hello.sse', { cutAfterBytes: 2000 });
  const { status, text } = await ask(h, true);
  assert.equal(status, 200);
  assert.match(text, /"content":/);
  assert.match(
    text,
    /\ndata: \{"error":\{"message":"[^"]+","type":"server_error","param":null,"code":"upstream_stream_closed"\}\}\n\n$/,
  );
  assert.doesNotMatch(text, /finish_reason":"/);

  h.upstream.reply('text-hello.sse', { cutAfterBytes: 2000 });
  const stream = await h.client.chat.completions.create({ ...hello, stream: true });
  await assert.rejects(async () => {
    for await (const _ of stream) {
      // until it fails
    }
  }, OpenAI.APIError);
});

test('an upstream that falls silent is given up after the idle time, before and behind the first byte', async (t) => {
  const h = await createHarness(t, { config: { upstreamIdleTimeout: 0.2, keepaliveInterval: 0 } });
  h.upstream.reply([], { hang: true });
  assert.equal((await ask(h, true)).error?.code, 'upstream_timeout');
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  assert.match((await ask(h, true)).text, /"code":"upstream_timeout"/);
});

/** An upstream whose error answers begin and never end. `closed` resolves with each connection that is let go. */
async function createEndlessRefusal(
  t: TestContext,
): Promise<{ url: string; asked: Promise<void>; closed: Promise<void> }> {
  const asked = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const server = createHttpServer((_req, res) => {
    res.writeHead(503, { 'content-type': 'application/json' });
    res.write('{"error":');
    res.once('close', () => closed.resolve());
    asked.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked: asked.promise, closed: closed.promise };
}

test('an error answer that never ends is given up after the idle time; its status counts', async (t) => {
  const upstream = await createEndlessRefusal(t);
  const h = await createHarness(t, {
    config: { chatgptBaseUrl: upstream.url, upstreamIdleTimeout: 0.2, keepaliveInterval: 0 },
  });
  const { status, error } = await ask(h, true);
  assert.equal(status, 503);
  assert.equal(error?.code, 'server_is_overloaded');
  await upstream.closed;
});

test('an error answer that never ends is let go when the client leaves', async (t) => {
  const upstream = await createEndlessRefusal(t);
  const h = await createHarness(t, { config: { chatgptBaseUrl: upstream.url } });
  const leaving = new AbortController();
  const answer = h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(hello),
    signal: leaving.signal,
  });
  await upstream.asked;
  // So that the head of the error answer has arrived, and its body is being waited for.
  await sleep(100);
  leaving.abort();
  await assert.rejects(answer);
  await upstream.closed;
});

test('an upstream that cannot be reached: 502, and what is wrong in words', async (t) => {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const h = await createHarness(t, { config: { chatgptBaseUrl: `http://127.0.0.1:${port}` } });
  const { status, error } = await ask(h, true);
  assert.equal(status, 502);
  assert.equal(error?.code, 'upstream_unreachable');
  assert.match(error!.message, /ChatGPT cannot be reached: the connection was refused/);
});

for (const [what, bytes, code] of [
  [
    'answers with another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    'upstream_unreachable',
  ],
  [
    'breaks off in the packet of its head',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnot a length\r\n',
    'upstream_stream_closed',
  ],
] as const) {
  test(`an upstream that ${what} is given up at once`, async (t) => {
    const server = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.end(bytes)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const h = await createHarness(t, {
      config: { chatgptBaseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    });
    for (const stream of [false, true]) {
      const { status, error } = await ask(h, stream);
      assert.equal(status, 502);
      assert.equal(error?.code, code);
    }
  });
}

test('a request on a kept-alive connection that the upstream has closed is sent once more, and no oftener', async (t) => {
  /** How many requests for an answer came on each connection. */
  const requests = new Map<object, number>();
  let isGone = false;
  const server = createHttpServer((req, res) => {
    if (req.method !== 'POST') return res.writeHead(404).end();
    const earlier = requests.get(req.socket) ?? 0;
    requests.set(req.socket, earlier + 1);
    if (isGone || earlier > 0) return req.socket.destroy();
    req.resume().on('end', () => res.setHeader('content-type', 'application/json').end(JSON.stringify(whole)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close().closeAllConnections());
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const h = await createHarness(t, { providers: { lab: { type: 'openai-compatible', baseURL, models: ['one'] } } });
  const askLab = () =>
    h.fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...hello, model: 'lab/one' }),
    });

  assert.equal((await askLab()).status, 200);
  assert.equal((await askLab()).status, 200);
  assert.deepEqual([...requests.values()], [2, 1]);
  isGone = true;
  const answer = await askLab();
  assert.equal(answer.status, 502);
  assert.equal(((await answer.json()) as { error: WireError }).error.code, 'upstream_unreachable');
  assert.deepEqual([...requests.values()], [2, 2, 1]);
});

test('a 401 renews the token once and repeats the request once', async (t) => {
  const h = await createHarness(t);
  h.upstream.expireTokens();
  const { status } = await ask(h, true);
  assert.equal(status, 200);
  assert.deepEqual(
    h.upstream.requests.map((request) => request.status),
    [401, 200],
  );
});

test('not signed in: 401, and how to sign in', async (t) => {
  const h = await createHarness(t, { isSignedIn: false });
  const { status, error, headers } = await ask(h, true);
  assert.equal(status, 401);
  assert.equal(error?.code, 'no_credentials');
  assert.match(error!.message, /opencompat login/);
  assert.equal(headers.get('x-should-retry'), 'false');
});

test('one choice that fails fails the answer, and the others are let go', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 }).reply(failed('server_error'));
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...hello, n: 2 }),
  });
  assert.equal(answer.status, 502);
  assert.equal(await h.upstream.requests[0]!.aborted, true);
});
