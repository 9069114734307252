/**
 * What the attacker does: puts line ends, terminal escapes and text that looks like a log line into all that reaches a log
 * line: model name, request id, path, key, Host, Origin.
 * What must hold: one request is one line, in either format, and nothing in it moves a cursor or claims to be a field.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../../lib/config/load.ts';
import { createServer } from '../../lib/server/server.ts';
import { rawRequest } from '../support/raw-request.ts';

const forged = '\r\n2026-01-01T00:00:00.000Z INFO  request status=200 client=admin';
const models = [
  `chatgpt/x${forged}`,
  `x${forged}`,
  'chatgpt/\u001b[2J\u001b[31mred',
  'chatgpt/\u009b2J',
  'chatgpt/a\u2028b\u2029c\u0085d',
  'chatgpt/x status=200 client=admin',
];

async function logOf(t: TestContext, format: 'text' | 'json'): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'opencompat-'));
  const stream = new PassThrough({ encoding: 'utf8' });
  let text = '';
  stream.on('data', (part) => {
    text += part;
  });
  const loaded = await loadConfig({
    env: { HOME: home, OPENCOMPAT_PORT: '0', OPENCOMPAT_LOG_FORMAT: format, OPENCOMPAT_DEMO: 'true' },
    flags: {},
    cwd: home,
  });
  const server = await createServer(loaded, { logStream: stream });
  t.after(async () => {
    await server.close();
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
  });
  const send = (path: string, headers: Record<string, string>, model?: string) =>
    rawRequest(`${server.url}${path}`, {
      method: model === undefined ? 'GET' : 'POST',
      headers,
      ...(model !== undefined && { body: JSON.stringify({ model, messages: [{ role: 'user', content: 'x' }] }) }),
    });
  for (const model of models) await send('/v1/chat/completions', {}, model);
  await send('/v1/models', { 'x-request-id': 'id status=200' });
  await send('/v1/models', { 'x-request-id': '\u009b2J' });
  await send('/v1/models/%0d%0aforged%1b%5b2J', { host: 'localhost status=200' });
  await send('/%0d%0aforged%1b%5b2J?key=in-the-query', { origin: 'http://a\tclient=admin' });
  return text;
}

for (const format of ['text', 'json'] as const) {
  test(`each request is one line of its own (${format})`, async (t) => {
    const text = await logOf(t, format);
    const lines = text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).filter((line) => line !== '');
    const isRequest = format === 'text' ? / INFO +request id=/ : /"message":"request"/;
    assert.equal(lines.filter((line) => isRequest.test(line)).length, models.length + 4);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
    assert.doesNotMatch(text, /client=admin|in-the-query/);
    assert.ok(!lines.some((line) => line.split('status=').length > 2), 'a field twice');
  });
}
