/** Files and batches, passed on to the servers that have them, with ids that are good for their owner alone. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { OpenAI, toFile } from 'openai';
import { createHarness, type HarnessOptions } from '../support/index.ts';

type Json = Record<string, unknown>;

/** A server with files and batches, as OpenAI has them; it takes its own ids alone, and answers everything else with 404. */
class FileServer {
  readonly files = new Map<string, { object: Json; content: string }>();
  readonly batches = new Map<string, Json>();
  readonly seen: string[] = [];
  readonly #name: string;
  onFirstBytes: (() => void) | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  addFile(filename: string, content: string): Json {
    const id = `file-${this.#name}${this.files.size + 1}`;
    const object = { id, object: 'file', bytes: content.length, created_at: 1, filename, purpose: 'batch' };
    this.files.set(id, { object, content });
    return object;
  }

  async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of req) {
      if (parts.length === 0) this.onFirstBytes?.();
      parts.push(part as Buffer);
    }
    const body = Buffer.concat(parts).toString();
    const { pathname, searchParams } = new URL(req.url!, 'http://box');
    this.seen.push(`${req.method} ${req.url}`);
    const found = this.#find(`${req.method} ${pathname}`, searchParams, body);
    const isText = typeof found === 'string';
    res.writeHead(found === undefined ? 404 : 200, {
      'content-type': isText ? 'application/jsonl' : 'application/json',
    });
    res.end(isText ? found : JSON.stringify(found ?? { error: { message: `Nothing at ${pathname}`, code: null } }));
  }

  #find(asked: string, query: URLSearchParams, body: string): Json | string | undefined {
    const [, id = '', below] = /\/v1\/(?:files|batches)\/([^/]+)(\/\w+)?$/.exec(asked) ?? [];
    const kind = id === '' ? asked : asked.replace(id, ':id');
    switch (kind) {
      case 'GET /v1/models':
        return { data: [{ id: `${this.#name}-model` }] };
      case 'POST /v1/files':
        return this.addFile(/filename="([^"]+)"/.exec(body)![1]!, /\r\n\r\n(\{[^\r]*)\r\n/.exec(body)![1]!);
      case 'GET /v1/files':
        return this.#page(
          [...this.files.values()].map(({ object }) => object),
          query,
        );
      case 'GET /v1/batches':
        return this.#page([...this.batches.values()], query);
      case 'GET /v1/files/:id':
        return this.files.get(id)?.object;
      case 'GET /v1/files/:id/content':
        return this.files.get(id)?.content;
      case 'DELETE /v1/files/:id':
        return this.files.delete(id) ? { id, object: 'file', deleted: true } : undefined;
      case 'POST /v1/batches':
        return this.#addBatch(JSON.parse(body) as Json);
      case 'GET /v1/batches/:id':
      case 'POST /v1/batches/:id/cancel':
        return this.batches.has(id)
          ? { ...this.batches.get(id), ...(below === '/cancel' && { status: 'cancelling' }) }
          : undefined;
      default:
        return undefined;
    }
  }

  #addBatch({ input_file_id: inputId, ...rest }: Json): Json | undefined {
    if (!this.files.has(String(inputId))) return undefined;
    const output = this.addFile('output.jsonl', '{"out":1}');
    const id = `batch_${this.#name}${this.batches.size + 1}`;
    const made = {
      id,
      object: 'batch',
      ...rest,
      input_file_id: inputId,
      output_file_id: output.id,
      error_file_id: null,
    };
    this.batches.set(id, { ...made, status: 'completed', created_at: 1 });
    return this.batches.get(id);
  }

  #page(all: Json[], query: URLSearchParams): Json {
    const start = query.has('after') ? all.findIndex(({ id }) => id === query.get('after')) + 1 : 0;
    const data = all.slice(start, start + Number(query.get('limit') ?? 100));
    const more = start + data.length < all.length;
    return { object: 'list', data, first_id: data[0]?.id, last_id: data.at(-1)?.id, has_more: more };
  }
}

async function startBox(t: TestContext, name: string) {
  const box = new FileServer(name);
  const server = createServer((req, res) => void box.answer(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { box, provider: { type: 'openai-compatible', baseURL, apiKey: 'sk-upstream-key-12345' } as const };
}

const keyOf = (name: string, rest: object = {}) => ({
  name,
  hash: `sha256:${createHash('sha256').update(name).digest('hex')}`,
  ...rest,
});

async function setUp(t: TestContext, options: HarnessOptions = {}) {
  const one = await startBox(t, 'one');
  const two = await startBox(t, 'two');
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
  return { one: one.box, two: two.box, h, start, clientOf, ann: clientOf('ann'), bob: clientOf('bob') };
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
