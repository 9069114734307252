/** Paths that are passed on to the server of their model, unread. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';

import { AzureOpenAI, type OpenAI, toFile } from 'openai';
import { createHarness, type HarnessOptions } from '../support/index.ts';

interface Seen {
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** A server with audio and models; it says what it was sent. */
async function startBox(t: TestContext) {
  const seen: Seen[] = [];
  let onFirstBytes: (() => void) | undefined;
  const answers: Record<string, [type: string, body: Buffer | string]> = {
    '/v1/models': [
      'application/json',
      JSON.stringify({ data: [{ id: 'whisper-1' }, { id: 'tts-1' }, { id: 'bge-rerank' }] }),
    ],
    '/v1/audio/transcriptions': [
      'application/json',
      JSON.stringify({ text: 'Hello.', usage: { type: 'tokens', input_tokens: 7, output_tokens: 2, total_tokens: 9 } }),
    ],
    '/v1/audio/speech': ['audio/mpeg', Buffer.from([0, 255, 1, 254])],
    '/v1/rerank': ['application/json', JSON.stringify({ results: [{ index: 1, relevance_score: 0.9 }] })],
  };
  const server: Server = createServer(async (req, res) => {
    const parts: Buffer[] = [];
    for await (const part of req) {
      if (parts.length === 0) onFirstBytes?.();
      parts.push(part as Buffer);
    }
    const path = req.url ?? '';
    seen.push({ path, headers: req.headers, body: Buffer.concat(parts) });
    const answer = answers[path];
    if (!answer) {
      res.writeHead(400, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ error: { message: 'No, with sk-upstream-key-12345.', type: 'invalid_request_error' } }));
      return;
    }
    res.writeHead(200, { 'content-type': answer[0] });
    res.end(answer[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const firstBytes = () => new Promise<void>((resolve) => (onFirstBytes = resolve));
  return { url, seen: (path: string) => seen.filter((each) => each.path === path), firstBytes };
}

async function setUp(t: TestContext, options: HarnessOptions = {}) {
  const box = await startBox(t);
  const providers = { box: { type: 'openai-compatible', baseURL: box.url, apiKey: 'sk-upstream-key-12345' } };
  const h = await createHarness(t, { apiKey: 'client-key', providers, ...options });
  return { box, h, client: h.client as OpenAI };
}

const audio = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 256));

test('a form goes to the server of its model as it is, with the server’s own key', async (t) => {
  const { box, client, h } = await setUp(t, { config: { usageStore: 'file' } });
  const { text } = await client.audio.transcriptions.create({ file: await toFile(audio, 'a.wav'), model: 'whisper-1' });
  assert.equal(text, 'Hello.');
  const [sent] = box.seen('/v1/audio/transcriptions');
  assert.ok(sent!.body.includes(audio), 'the file is untouched');
  assert.equal(sent!.headers.authorization, 'Bearer sk-upstream-key-12345');
  assert.match(String(sent!.headers['content-type']), /^multipart\/form-data; boundary=/);
  await h.close();
  const line = h.logs.find(({ path }) => path === '/v1/audio/transcriptions');
  assert.deepEqual([line?.model, line?.provider, line?.outcome, line?.input_tokens], ['whisper-1', 'box', 'ok', 7]);
});

test('a prefix, or an alias, becomes the model’s own name', async (t) => {
  const { box, client } = await setUp(t, { config: { aliases: { dictation: 'box/whisper-1' } } });
  for (const model of ['box/whisper-1', 'dictation']) {
    await client.audio.transcriptions.create({ file: await toFile(audio, 'a.wav'), model });
  }
  for (const { body } of box.seen('/v1/audio/transcriptions')) {
    assert.match(body.toString('latin1'), /name="model"\r\n\r\nwhisper-1\r\n/);
    assert.ok(body.includes(audio));
  }
});

test('Azure’s paths name the model, in a form and in JSON, whatever the body says', async (t) => {
  const { box, h } = await setUp(t, { config: { aliases: { dictation: 'box/whisper-1' } } });
  const azure = new AzureOpenAI({
    endpoint: h.url,
    apiKey: 'client-key',
    apiVersion: '2026-10-01',
    deployment: 'dictation',
  });
  const { text } = await azure.audio.transcriptions.create({ file: await toFile(audio, 'a.wav'), model: 'whatever' });
  assert.equal(text, 'Hello.');
  const form = new FormData();
  form.append('file', new Blob([audio]), 'a.wav');
  const headers = { 'api-key': 'client-key' };
  const path = '/openai/deployments/dictation/audio/transcriptions?api-version=1';
  const bare = await fetch(h.url + path, { method: 'POST', headers, body: form });
  assert.equal(bare.status, 200);
  for (const { body } of box.seen('/v1/audio/transcriptions')) {
    assert.deepEqual(body.toString('latin1').match(/name="model"\r\n\r\n.*?\r\n/g), [
      'name="model"\r\n\r\nwhisper-1\r\n',
    ]);
    assert.ok(body.includes(audio));
  }
  assert.equal(box.seen('/v1/audio/transcriptions').length, 2);
  const speech = { input: 'Hi', voice: 'alloy', model: 'other' } as const;
  const spoken = new AzureOpenAI({ endpoint: h.url, apiKey: 'client-key', apiVersion: '1', deployment: 'tts-1' });
  assert.ok((await (await spoken.audio.speech.create(speech)).arrayBuffer()).byteLength > 0);
  assert.equal(JSON.parse(box.seen('/v1/audio/speech')[0]!.body.toString()).model, 'tts-1');
});

test('a form whose model stands first is passed on while it comes', async (t) => {
  const { box, h } = await setUp(t);
  const begun = box.firstBytes();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const answer = h.fetch('/v1/audio/transcriptions', {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    body: readable,
    duplex: 'half',
  } as RequestInit);
  const head = '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--b\r\n';
  void writer.write(Buffer.from(`${head}Content-Disposition: form-data; name="file"; filename="a"\r\n\r\n`));
  // It has not ended, and has reached the server.
  await begun;
  void writer.write(audio);
  void writer.write(Buffer.from('\r\n--b--\r\n'));
  await writer.close();
  assert.equal((await answer).status, 200);
  assert.ok(box.seen('/v1/audio/transcriptions')[0]!.body.includes(audio));
});

test('Azure’s clients reach them too', async (t) => {
  const { box, h } = await setUp(t);
  const azure = new AzureOpenAI({ endpoint: h.url, apiKey: 'client-key', apiVersion: '2026-10-01', maxRetries: 0 });
  const { text } = await azure.audio.transcriptions.create({ file: await toFile(audio, 'a.wav'), model: 'whisper-1' });
  assert.equal(text, 'Hello.');
  assert.equal(box.seen('/v1/audio/transcriptions').length, 1);
});

test('speech and rankings come back as they are', async (t) => {
  const { box, client, h } = await setUp(t);
  const speech = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello' });
  assert.equal(speech.headers.get('content-type'), 'audio/mpeg');
  assert.equal(speech.headers.get('x-opencompat-model'), 'box/tts-1');
  assert.deepEqual([...new Uint8Array(await speech.arrayBuffer())], [0, 255, 1, 254]);
  const ranked = await h.fetch('/v1/rerank', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bge-rerank', query: 'q', documents: ['a', 'b'] }),
  });
  assert.deepEqual(await ranked.json(), { results: [{ index: 1, relevance_score: 0.9 }] });
  assert.deepEqual(JSON.parse(box.seen('/v1/rerank')[0]!.body.toString()).documents, ['a', 'b']);
});

test('keys, limits and refusals are as everywhere', async (t) => {
  const { h } = await setUp(t, { config: { maxBodyBytes: 4096 } });
  const send = (form: FormData, path = '/v1/audio/transcriptions', headers = {}) =>
    h.fetch(path, { method: 'POST', body: form, headers });
  const form = (fields: Record<string, string | Blob>) => {
    const made = new FormData();
    for (const [name, value] of Object.entries(fields)) made.append(name, value);
    return made;
  };
  const errorOf = async (answer: Response) => [
    answer.status,
    ((await answer.json()) as { error: { code: string } }).error.code,
  ];
  const file = new Blob([audio]);
  const model = 'whisper-1';
  assert.deepEqual(await errorOf(await send(form({ file }))), [400, 'missing_required_parameter']);
  assert.deepEqual(await errorOf(await send(form({ model: 'nobody', file }))), [404, 'model_not_found']);
  assert.deepEqual(await errorOf(await send(form({ model: 'gpt-5.5', file }))), [400, 'not_supported']);
  const big = new Blob([Buffer.alloc(100_000)]);
  assert.equal((await send(form({ model, file: big }))).status, 200, 'what is not held may be large');
  assert.deepEqual(await errorOf(await send(form({ file: big, model }))), [413, 'request_too_large']);
  const wrong = { authorization: 'Bearer wrong' };
  assert.deepEqual(await errorOf(await send(form({ model, file }), undefined, wrong)), [401, 'invalid_api_key']);
  const refused = await send(form({ model, image: file }), '/v1/images/edits');
  assert.equal(refused.status, 400);
  const told = await refused.text();
  assert.ok(told.includes('No, with [removed]') && !told.includes('sk-upstream'), told);
  const plain = await h.fetch('/v1/audio/transcriptions', { method: 'POST', body: 'x' });
  assert.deepEqual(await errorOf(plain), [415, 'unsupported_media_type']);
});

test('a client key’s own limits count them', async (t) => {
  const hash = 'sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683';
  const clientKeys = [{ name: 'k', hash, limits: { requests: { month: 1 }, tokens: { month: 100_000 } } }];
  const { client } = await setUp(t, { apiKey: 'key', config: { clientKeys } });
  const speak = () => client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello' });
  assert.equal((await speak()).status, 200);
  await assert.rejects(speak(), { status: 429, code: 'rate_limit_exceeded' });
});
