/**
 * What the attacker does: sends paths that cannot be decoded, bodies that are not what their headers promise, JSON nested
 * deeper than any stack, and keys that mean something to JavaScript (`__proto__`, `constructor`).
 * What must hold: each gets an error that blames the request, through the chain like any other (host guard, request id,
 * access log), without a stack in the log; nothing is changed for the requests behind it.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createHarness, type Harness } from '../support/index.ts';
import { rawRequest } from '../support/raw-request.ts';

const messages = [{ role: 'user', content: 'Hello' }];
const valid = JSON.stringify({ model: 'gpt-5.5', messages });

function post(h: Harness, body: string | Buffer, headers: Record<string, string> = {}) {
  return rawRequest(`${h.url}/v1/chat/completions`, { method: 'POST', headers, body });
}

const codeOf = ({ body }: { body: string }) => (JSON.parse(body) as { error: { code: string } }).error.code;

test('a path that cannot be decoded is a path that is not served, behind the host guard', async (t) => {
  const h = await createHarness(t, { apiKey: 'k' });
  const answer = await rawRequest(`${h.url}/v1/models/%ff`);
  assert.deepEqual([answer.status, codeOf(answer)], [404, 'unknown_url']);
  assert.ok(answer.headers['x-request-id']);
  const foreign = await rawRequest(`${h.url}/v1/models/%ff`, { headers: { host: 'evil.example' } });
  assert.equal(foreign.status, 403);
  await h.close();
  assert.deepEqual(
    h.logs.filter(({ message }) => message === 'request').map(({ status }) => status),
    [404, 403],
  );
  assert.ok(!h.logs.some(({ level }) => level === 'error'));
});

test('bytes that are not compressed as they say: 400', async (t) => {
  const h = await createHarness(t);
  for (const [encoding, body] of [
    ['gzip', 'nonsense'],
    ['gzip', gzipSync(valid).subarray(0, 30)],
    ['deflate', 'nonsense'],
    ['br', brotliCompressSync(valid).subarray(0, 20)],
  ] as const) {
    const answer = await post(h, body, { 'content-encoding': encoding });
    assert.deepEqual([answer.status, codeOf(answer)], [400, 'invalid_json'], encoding);
  }
  assert.ok(!h.logs.some(({ level }) => level === 'error'));
});

test('a compressed body that grows beyond the limit is not unpacked: 413', async (t) => {
  const h = await createHarness(t);
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '));
  assert.ok(bomb.length < 300_000);
  const before = process.memoryUsage().arrayBuffers;
  assert.equal((await post(h, bomb, { 'content-encoding': 'gzip' })).status, 413);
  assert.ok(process.memoryUsage().arrayBuffers - before < 100 * 1024 * 1024);
});

test('JSON nested deeper than 512 levels: 400, wherever it is', async (t) => {
  const h = await createHarness(t);
  const nest = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const withParameters = (levels: number) =>
    `{"model":"gpt-5.5","messages":${JSON.stringify(messages)},"tools":[{"type":"function","function":{"name":"f","parameters":${nest(levels)}}}]}`;
  const withUnknown = (levels: number) =>
    `{"model":"gpt-5.5","messages":${JSON.stringify(messages)},"unknown":${nest(levels)}}`;
  for (const body of [withParameters(100_000), withUnknown(100_000), '['.repeat(1_000_000)]) {
    const answer = await post(h, body);
    assert.deepEqual([answer.status, codeOf(answer)], [400, 'invalid_json']);
  }
  assert.equal(h.upstream.requests.length, 0);
  assert.equal((await post(h, withParameters(400))).status, 200);
  assert.ok(!h.logs.some(({ level }) => level === 'error'));
});

test('a number of a million digits is refused before it is read: 400', async (t) => {
  const h = await createHarness(t);
  const withSeed = (digits: number) =>
    `{"model":"gpt-5.5","messages":${JSON.stringify(messages)},"seed":${'7'.repeat(digits)}}`;
  const answer = await post(h, withSeed(1_000_000));
  assert.deepEqual([answer.status, codeOf(answer)], [400, 'invalid_json']);
  assert.match(answer.body, /a number of more than 1000 characters/);
  assert.equal(h.upstream.requests.length, 0);
});

test('keys and names that mean something to JavaScript are only text', async (t) => {
  const h = await createHarness(t, { config: { aliases: { constructor: 'gpt-5.5' } } });
  const polluting = `{"model":"gpt-5.5","messages":[{"role":"user","content":"Hello","__proto__":{"polluted":1}}],
    "__proto__":{"polluted":1,"temperature":1},"constructor":{"prototype":{"polluted":1}},
    "tools":[{"type":"function","function":{"name":"__proto__","parameters":{"__proto__":{"polluted":1}}}}]}`;
  assert.equal((await post(h, polluting)).status, 200);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.equal(h.upstream.last.body.tools[0].name, '__proto__');
  assert.equal(h.upstream.last.body.temperature, undefined);
  const statusFor = async (model: string) => (await post(h, JSON.stringify({ model, messages }))).status;
  for (const model of ['__proto__', 'toString', 'hasOwnProperty', '__proto__/gpt-5.5', 'chatgpt/__proto__'])
    assert.equal(await statusFor(model), 404, model);
  assert.equal(await statusFor('constructor'), 200);
  assert.ok(!h.logs.some(({ level }) => level === 'error'));
});

test('two Host headers are a malformed request, also when they agree', async (t) => {
  const h = await createHarness(t);
  const { port } = new URL(h.url);
  for (const second of ['evil.example', `127.0.0.1:${port}`]) {
    for (const path of ['/v1/models', '/health', '/nowhere']) {
      const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nhost: ${second}\r\nConnection: close\r\n\r\n`;
      assert.match(await sendBytes(Number(port), head), /^HTTP\/1\.1 400 /, `${path} ${second}`);
    }
  }
});

async function sendBytes(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  let answer = '';
  for await (const part of socket) answer += part;
  return answer;
}
