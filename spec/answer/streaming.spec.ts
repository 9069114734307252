/** How a stream behaves between a model and a client that both take their time, or leave. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createHarness, type Harness } from '../support/index.ts';

const hello = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Hello' }] };

function ask(h: Harness, body: object = {}, init: RequestInit = {}): Promise<Response> {
  return h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...hello, stream: true, ...body }),
    ...init,
  });
}

async function readUntil(answer: Response, pattern: RegExp): Promise<string> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!pattern.test(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  reader.releaseLock();
  return text;
}

test('the head says what proxies and clients need to hear', async (t) => {
  const h = await createHarness(t);
  const { headers } = await ask(h, { temperature: 0.5, seed: 1 });
  assert.match(headers.get('content-type')!, /^text\/event-stream/);
  assert.equal(headers.get('cache-control'), 'no-cache, no-transform');
  assert.equal(headers.get('x-accel-buffering'), 'no');
  assert.match(headers.get('openai-processing-ms')!, /^\d+$/);
  assert.ok(Number(headers.get('x-opencompat-overhead-ms')) >= 0);
  assert.deepEqual(headers.get('x-opencompat-ignored')?.split(', ').sort(), ['seed', 'temperature']);
});

test('the first delta is sent while the upstream still waits', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const answer = await ask(h);
  assert.match(await readUntil(answer, /"content":"[^"]/), /"role":"assistant"/);
  h.upstream.last.resume();
});

test('while the model is silent the client gets comments, of one line each', async (t) => {
  const h = await createHarness(t, { config: { keepaliveInterval: 0.02 } });
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 300 });
  const answer = await ask(h);
  const silence = await readUntil(answer, /(: ping\n){3}/);
  assert.match(silence, /^(: ping\n)+$/);
  h.upstream.last.resume();
});

test('a client that leaves ends the upstream request while that still waits', async (t) => {
  const h = await createHarness(t);
  for (const isStreaming of [true, false]) {
    h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
    const controller = new AbortController();
    const index = h.upstream.requests.length;
    const asked = ask(h, { stream: isStreaming }, { signal: controller.signal }).then((answer) => answer.text());
    const request = await h.upstream.waitForRequest(index);
    controller.abort();
    await assert.rejects(asked);
    assert.equal(await request.aborted, true);
  }
});

test('a client that leaves before the upstream answers ends that request too', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply([], { hang: true });
  const controller = new AbortController();
  const asked = ask(h, {}, { signal: controller.signal });
  const request = await h.upstream.waitForRequest(0);
  controller.abort();
  await assert.rejects(asked);
  assert.equal(await request.aborted, true);
});

test('a client that does not read holds the upstream back', async (t) => {
  const h = await createHarness(t);
  const delta = {
    type: 'response.output_text.delta',
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta: 'x'.repeat(60_000),
    logprobs: [],
  };
  const count = 1000;
  h.upstream.reply([
    { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', output: [] } },
    ...Array.from({ length: count }, () => delta),
    { type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [], usage: null } },
  ]);
  const { port } = new URL(h.url);
  const body = JSON.stringify({ ...hello, stream: true });
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  socket.pause();
  const request = await h.upstream.waitForRequest(0);
  const before = process.memoryUsage().rss;
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(request.closedAtMs, undefined, 'the upstream could write everything although nobody read');
  assert.ok(process.memoryUsage().rss - before < 60_000_000);
  let bytes = 0;
  socket.on('data', (part) => {
    bytes += part.length;
    if (part.includes('[DONE]')) socket.destroy();
  });
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  assert.ok(bytes > count * 60_000);
});

/** Sends bytes as they stand, and gives what comes back until the pattern is in it or the server closes. */
function exchangeRaw(h: Harness, text: string, until: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(h.url).port), '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').on('data', (part) => {
      received += part;
      if (until.test(received)) socket.destroy();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
    socket.write(text);
  });
}

function toRawRequest(version: string, content: string): string {
  const body = JSON.stringify({ ...hello, stream: true, messages: [{ role: 'user', content }] });
  return `POST /v1/chat/completions HTTP/${version}\r\nhost: localhost\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** The chunked coding taken apart, strictly. */
function unchunk(coded: string): { body: string; rest: string } {
  let body = '';
  for (let at = 0; ; ) {
    const lineEnd = coded.indexOf('\r\n', at);
    const size = coded.slice(at, lineEnd);
    assert.match(size, /^[0-9a-f]+$/);
    const end = lineEnd + 2 + Number.parseInt(size, 16);
    assert.equal(coded.slice(end, end + 2), '\r\n');
    if (size === '0') return { body, rest: coded.slice(end + 2) };
    body += coded.slice(lineEnd + 2, end);
    at = end + 2;
  }
}

test('pipelined requests are answered in order, each chunk of its own length', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply('unicode.sse', { splitEveryBytes: 11 }).reply('text-hello.sse', { splitEveryBytes: 200 });
  const received = await exchangeRaw(
    h,
    toRawRequest('1.1', 'one') + toRawRequest('1.1', 'two'),
    /\r\n0\r\n\r\n[\s\S]+\r\n0\r\n\r\n/,
  );
  let rest = received;
  for (let answer = 0; answer < 2; answer += 1) {
    const headEnd = rest.indexOf('\r\n\r\n');
    assert.match(rest.slice(0, headEnd), /^HTTP\/1\.1 200 [\s\S]*transfer-encoding: chunked/i);
    const unchunked = unchunk(rest.slice(headEnd + 4));
    assert.match(unchunked.body, /^data: [\s\S]*data: \[DONE\]\n\n$/);
    rest = unchunked.rest;
  }
  assert.equal(rest, '');
});

test('an HTTP/1.0 client, as nginx is by default, gets the stream without chunks', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply('text-hello.sse', { splitEveryBytes: 50 });
  const received = await exchangeRaw(h, toRawRequest('1.0', 'one'), /never/);
  const [head = '', body = ''] = received.split('\r\n\r\n');
  assert.doesNotMatch(head, /transfer-encoding/i);
  assert.match(body, /^data: \{[\s\S]*\n\ndata: \[DONE\]\n\n$/);
  for (const line of body.split('\n')) assert.match(line, /^(data: .*)?$/);
});

test('one access-log line for each request, without content', async (t) => {
  const h = await createHarness(t);
  await (await ask(h, { messages: [{ role: 'user', content: 'A private thought' }] })).text();
  await h.close();
  const lines = h.logs.filter(({ message }) => message === 'request');
  assert.equal(lines.length, 1);
  const [line] = lines;
  assert.equal(line!.level, 'info');
  assert.equal(line!.api, 'chat-completions');
  assert.equal(line!.model, 'gpt-5.5');
  assert.equal(line!.provider, 'chatgpt');
  assert.equal(line!.status, 200);
  for (const field of ['id', 'client', 'first_byte_ms', 'total_ms', 'overhead_ms', 'input_tokens', 'output_tokens']) {
    assert.notEqual(line![field], undefined, field);
  }
  assert.doesNotMatch(JSON.stringify(h.logs), /private thought|eyJ/);
});

test('the request id goes in and out, unless it would do harm', async (t) => {
  const h = await createHarness(t);
  const idFor = async (id: string) =>
    (await h.fetch('/health', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
  assert.equal(await idFor('my-id.1:2'), 'my-id.1:2');
  assert.match((await idFor('a b'))!, /^[0-9a-f]{32}$/);
  assert.match((await idFor('x'.repeat(129)))!, /^[0-9a-f]{32}$/);
});
