/** Files and batches, passed on to the servers that have them, with ids that are good for their owner alone. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { OpenAI, toFile } from 'openai';
import { startFileServer } from '../support/file-server.ts';
import { createHarness, type HarnessOptions } from '../support/index.ts';

const keyOf = (name: string, rest: object = {}) => ({
  name,
  hash: `sha256:${createHash('sha256').update(name).digest('hex')}`,
  ...rest,
});

async function setUp(t: TestContext, options: HarnessOptions = {}) {
  const one = await startFileServer(t, 'one');
  const two = await startFileServer(t, 'two');
  const limits = { tokens: { month: 100_000 } };
  const clientKeys = [
    keyOf('ann'),
    keyOf('bob'),
    keyOf('eve', { models: ['one/one-model'] }),
    keyOf('kim', { models: ['one/*'], limits }),
    keyOf('lou', { limits: { requests: { month: 2 } } }),
  ];
  const providers = { one: one.provider, two: two.provider };
  const start = () => createHarness(t, { providers, ...options, config: { clientKeys, ...options.config } });
  const h = await start();
  const clientOf = (apiKey: string, { url } = h) => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
  return { one: one.server, two: two.server, h, start, clientOf, ann: clientOf('ann'), bob: clientOf('bob') };
}

const lines = '{"custom_id":"1"}';
const upload = async (client: OpenAI, provider?: string) =>
  client.files.create(
    { file: await toFile(Buffer.from(lines), 'in.jsonl'), purpose: 'batch' },
    provider === undefined ? {} : { headers: { 'x-opencompat-provider': provider } },
  );
const batchOf = (input_file_id: string) =>
  ({ input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h' }) as const;

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of pages) all.push(each);
  return all;
}

test('a file is uploaded, looked up, listed, downloaded and deleted by an id of its owner’s', async (t) => {
  const { one, ann, h } = await setUp(t);
  const file = await upload(ann);
  assert.match(file.id, /^file-[\w-]{40,120}$/);
  assert.equal(one.files.get('file-one1')?.content, lines);
  assert.deepEqual(await ann.files.retrieve(file.id), { ...one.files.get('file-one1')!.object, id: file.id });
  assert.deepEqual(
    (await collect(ann.files.list())).map(({ id }) => id),
    [file.id],
  );
  const content = await ann.files.content(file.id);
  assert.equal(content.headers.get('content-type'), 'application/jsonl');
  assert.equal(await content.text(), lines);
  assert.deepEqual(await ann.files.delete(file.id), { id: file.id, object: 'file', deleted: true });
  await assert.rejects(ann.files.retrieve(file.id), { status: 404, type: 'invalid_request_error' });
  const line = h.logs.find(({ path, status }) => path === '/v1/files' && status === 200);
  assert.deepEqual([line?.provider, line?.outcome, line?.api], ['one', 'ok', 'forwarded']);
});

test('a batch runs where its file is, and names files by its owner’s ids', async (t) => {
  const { two, ann } = await setUp(t);
  const file = await upload(ann, 'two');
  const batch = await ann.batches.create({ ...batchOf(file.id), metadata: { a: 'b' } });
  assert.match(batch.id, /^batch_[\w-]{40,120}$/);
  assert.equal(batch.input_file_id, file.id);
  assert.deepEqual(two.batches.get('batch_two1')?.metadata, { a: 'b' });
  assert.equal(two.batches.get('batch_two1')?.input_file_id, 'file-two1');
  const done = await ann.batches.retrieve(batch.id);
  assert.equal(await (await ann.files.content(done.output_file_id!)).text(), '{"out":1}');
  assert.equal(done.error_file_id, null);
  assert.equal((await ann.batches.cancel(batch.id)).status, 'cancelling');
  const listed = await collect(ann.batches.list({ limit: 1 }, { query: { provider: 'two' } }));
  assert.deepEqual(
    listed.map(({ id }) => id),
    [batch.id],
  );
  assert.deepEqual((await collect(ann.batches.list())).length, 0, 'the first provider has none');
});

test('nobody else can use an id, or sees what is another’s', async (t) => {
  const { one, ann, bob } = await setUp(t);
  const file = await upload(ann);
  const batch = await ann.batches.create(batchOf(file.id));
  const seen = one.seen.length;
  for (const id of [file.id, 'file-one1', 'file-', `${file.id}x`, batch.id]) {
    await assert.rejects(bob.files.retrieve(id), { status: 404 });
    await assert.rejects(bob.files.content(id), { status: 404 });
    await assert.rejects(bob.files.delete(id), { status: 404 });
    await assert.rejects(bob.batches.create(batchOf(id)), { status: 404, param: 'input_file_id' });
  }
  await assert.rejects(ann.files.retrieve('file-one1'), { status: 404 });
  await assert.rejects(ann.files.retrieve(file.id.replace('file-', 'batch_')), { status: 404 });
  await assert.rejects(bob.batches.cancel(batch.id), { status: 404 });
  await assert.rejects(bob.files.list({ after: file.id }), { status: 404, param: 'after' });
  assert.equal(one.seen.length, seen, 'the server is not even asked');
  assert.deepEqual(await collect(bob.files.list()), []);
});

test('lists go on over pages of others’ files', async (t) => {
  const { one, ann, bob } = await setUp(t);
  const own: string[] = [];
  for (const isOwn of [false, false, true, false, true, false]) {
    const { id } = await upload(isOwn ? ann : bob);
    if (isOwn) own.push(id);
  }
  assert.deepEqual(
    (await collect(ann.files.list({ limit: 1 }))).map(({ id }) => id),
    own,
  );
  assert.ok(one.seen.includes('GET /v1/files?limit=1&after=file-one3'), one.seen.join('\n'));
});

test('ids are good after a restart', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'opencompat-files-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const { ann, h, start, clientOf } = await setUp(t, { env: { XDG_DATA_HOME: home } });
  const { id } = await upload(ann);
  const keyFile = join(home, 'opencompat', 'object-ids.key');
  assert.equal((await stat(keyFile)).mode & 0o777, 0o600);
  const key = await readFile(keyFile, 'utf8');
  await h.close();
  const again = clientOf('ann', await start());
  assert.equal((await again.files.retrieve(id)).id, id);
  assert.deepEqual(
    (await collect(again.files.list())).map((file) => file.id),
    [id],
  );
  assert.equal(await readFile(keyFile, 'utf8'), key);
});

test('an upload reaches the server while it comes', async (t) => {
  const { one, h } = await setUp(t);
  const begun = new Promise<void>((resolve) => (one.onFirstBytes = resolve));
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const answer = h.fetch('/v1/files', {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=b', authorization: 'Bearer ann' },
    body: readable,
    duplex: 'half',
  } as RequestInit);
  void writer.write(Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'));
  await begun;
  void writer.write(Buffer.from('{"a":1}\r\n--b--\r\n'));
  await writer.close();
  assert.equal((await answer).status, 200);
});

test('keys, unknown providers and other bodies are refused as such', async (t) => {
  const { one, clientOf, ann, h } = await setUp(t);
  await assert.rejects(upload(clientOf('mallory')), { status: 401 });
  await assert.rejects(upload(ann, 'nobody'), { status: 404, code: 'provider_not_found', message: /'nobody'/ });
  await assert.rejects(upload(ann, 'chatgpt'), { status: 404, code: 'provider_not_found' });
  await assert.rejects(ann.batches.create({} as never), { status: 400, code: 'missing_required_parameter' });
  const headers = { authorization: 'Bearer ann' };
  assert.equal((await h.fetch('/v1/files', { method: 'POST', headers, body: 'x' })).status, 415);
  for (const client of [clientOf('eve'), clientOf('kim')]) {
    const file = await upload(client);
    await assert.rejects(client.batches.create(batchOf(file.id)), { status: 403, code: 'batches_not_allowed' });
  }
  assert.equal(one.batches.size, 0);
});

test('each request counts for a key’s limits', async (t) => {
  const { clientOf } = await setUp(t);
  const lou = clientOf('lou');
  const file = await upload(lou);
  await lou.files.retrieve(file.id);
  await assert.rejects(lou.files.retrieve(file.id), { status: 429, code: 'rate_limit_exceeded' });
});

test('without client keys everyone is one owner', async (t) => {
  const { ann, bob } = await setUp(t, { config: { clientKeys: [] } });
  const file = await upload(ann);
  assert.equal((await bob.files.retrieve(file.id)).id, file.id);
});
