import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
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

test('any charset is taken for UTF-8 (RFC 8259, 11), UTF-16 as it says', async (t) => {
  const h = await createHarness(t);
  for (const charset of ['utf8', 'UTF8', 'us-ascii', 'ascii', 'iso-8859-1', 'windows-1252', 'x-unknown', '"utf-8"']) {
    const answer = await post(h, valid, { 'content-type': `application/json; charset=${charset}` });
    assert.equal(answer.status, 200, charset);
    assert.match(JSON.stringify(h.upstream.last.body), /Grüße/, charset);
  }
  const wide = await post(h, Buffer.from(valid, 'utf16le'), { 'content-type': 'application/json; charset=utf-16' });
  assert.equal(wide.status, 200);
  assert.equal((await post(h, `\ufeff${valid}`)).status, 200);
});

test('an empty body is said to be empty, whatever its coding is called', async (t) => {
  const h = await createHarness(t);
  for (const coding of ['identity', 'gzip', 'zstd', 'br']) {
    const answer = await post(h, '', { 'content-encoding': coding });
    assert.equal(answer.status, 400, coding);
    assert.equal(codeOf(answer), 'invalid_json', coding);
  }
});

for (const framing of ['content-length: 100000000', 'transfer-encoding: chunked']) {
  test(`a body over the limit is refused while it is still coming (${framing})`, async (t) => {
    const h = await createHarness(t, { config: { maxBodyBytes: 2048 } });
    const socket = connect(Number(new URL(h.url).port), '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n${framing}\r\n\r\n`);
    // 4,096 bytes, as a chunk where there are chunks; the rest never comes.
    socket.write(`1000\r\n${'x'.repeat(4096)}`);
    const [head] = await once(socket, 'data');
    assert.match(String(head), /^HTTP\/1\.1 413 /);
    assert.match(String(head), /request_too_large/);
  });
}
