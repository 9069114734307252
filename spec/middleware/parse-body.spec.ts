import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createHarness, type Harness } from '../support/index.ts';
import { rawRequest } from '../support/raw-request.ts';

const valid = JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Grüße' }] });

function post(h: Harness, body: string | Buffer, headers: Record<string, string> = {}) {
  return rawRequest(`${h.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

const codeOf = ({ body }: { body: string }) => (JSON.parse(body) as { error: { code: string } }).error.code;

test('what is no JSON is refused in words that do not repeat it', async (t) => {
  const h = await createHarness(t);
  for (const body of ['{', '{"model": secret-words}', 'secret-words', '\u0000', '{"a":1}}']) {
    const answer = await post(h, body);
    assert.equal(answer.status, 400, body);
    assert.equal(codeOf(answer), 'invalid_json', body);
    assert.doesNotMatch(answer.body, /secret-words/);
  }
});

test('JSON that is no object is refused by its type', async (t) => {
  const h = await createHarness(t);
  for (const body of ['[]', 'null', '1', '"text"']) assert.equal((await post(h, body)).status, 400, body);
});

test('a body over the limit: 413, on any path that takes one, also when it is compressed', async (t) => {
  const h = await createHarness(t, { config: { maxBodyBytes: 2048 } });
  const large = JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'x'.repeat(5000) }] });
  const answer = await post(h, large);
  assert.equal(answer.status, 413);
  assert.equal(codeOf(answer), 'request_too_large');
  assert.equal((await post(h, gzipSync(large), { 'content-encoding': 'gzip' })).status, 413);
  const packed = await post(h, zstdCompressSync(large), { 'content-encoding': 'zstd' });
  assert.equal(packed.status, 413);
  assert.deepEqual(JSON.parse(packed.body), JSON.parse(answer.body));
  const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
  assert.equal((await post(h, bomb, { 'content-encoding': 'zstd' })).status, 413);
  assert.equal((await post(h, valid)).status, 200);
});

test('compressed bodies and other media types are read', async (t) => {
  const h = await createHarness(t);
  assert.equal((await post(h, gzipSync(valid), { 'content-encoding': 'gzip' })).status, 200);
  assert.equal((await post(h, brotliCompressSync(valid), { 'content-encoding': 'br' })).status, 200);
  assert.equal((await post(h, zstdCompressSync(valid), { 'content-encoding': 'zstd' })).status, 200);
  assert.equal((await post(h, zstdCompressSync(valid), { 'content-encoding': 'ZSTD' })).status, 200);
  assert.equal((await post(h, valid, { 'content-type': 'application/x-www-form-urlencoded' })).status, 200);
  assert.equal((await post(h, valid, { 'content-type': 'application/json; charset=utf-8' })).status, 200);
  const unknown = await post(h, valid, { 'content-encoding': 'rot13' });
  assert.equal(unknown.status, 415);
  assert.equal(codeOf(unknown), 'unsupported_media_type');
});

test('a zstd body that is none, is cut off, is empty or holds no JSON is the client’s fault', async (t) => {
  const h = await createHarness(t);
  const packed = zstdCompressSync(valid);
  const bodies = [
    Buffer.from('no zstd'),
    packed.subarray(0, packed.length - 5),
    zstdCompressSync(''),
    zstdCompressSync('{'),
  ];
  for (const body of bodies) {
    const answer = await post(h, body, { 'content-encoding': 'zstd' });
    assert.equal(answer.status, 400, body.toString('hex'));
    assert.equal(codeOf(answer), 'invalid_json');
  }
});
