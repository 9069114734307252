import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createHarness } from '../support/index.ts';

const readJson = (answer: Response) => answer.json() as Promise<Record<string, unknown>>;
const hashOf = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`;

test('without configured keys any key will do, and none', async (t) => {
  const h = await createHarness(t);
  assert.equal((await h.fetch('/v1/models')).status, 200);
  assert.equal((await h.fetch('/v1/models', { headers: { authorization: 'Bearer anything' } })).status, 200);
});

test('with keys only a right one is let in, in each header', async (t) => {
  const h = await createHarness(t, {
    config: { apiKeys: ['plain-key'], clientKeys: [{ name: 'laptop', hash: hashOf('hashed-key') }] },
  });
  const statusFor = async (headers: Record<string, string>) => (await h.fetch('/v1/models', { headers })).status;
  for (const headers of [
    { authorization: 'Bearer plain-key' },
    { authorization: 'bearer  hashed-key ' },
    { 'x-api-key': 'hashed-key' },
    { 'api-key': 'hashed-key' },
    { 'x-api-key': '', 'api-key': 'hashed-key' },
  ] as Record<string, string>[]) {
    assert.equal(await statusFor(headers), 200, JSON.stringify(headers));
  }
  for (const headers of [
    {},
    { authorization: 'Bearer' },
    { authorization: 'Bearer wrong' },
    { authorization: 'Basic plain-key' },
    { authorization: 'plain-key' },
    { 'x-api-key': '' },
    { 'x-goog-api-key': 'plain-key' },
    { 'x-api-key': hashOf('hashed-key') },
    { authorization: 'Bearer wrong', 'x-api-key': 'plain-key' },
  ] as Record<string, string>[]) {
    assert.equal(await statusFor(headers), 401, JSON.stringify(headers));
  }
});

test('a refusal is what SDKs raise as their authentication error, and the log names no key', async (t) => {
  const h = await createHarness(t, { config: { clientKeys: [{ name: 'laptop', hash: hashOf('good-key') }] } });
  await assert.rejects(h.client.models.list(), { status: 401, code: 'invalid_api_key' });
  await h.fetch('/v1/models', { headers: { authorization: 'Bearer good-key' } });
  await h.close();
  const lines = h.logs.filter(({ message }) => message === 'request');
  assert.deepEqual(
    lines.map(({ status }) => status),
    [401, 200],
  );
  assert.equal(lines[1]!.client, 'laptop');
  assert.doesNotMatch(JSON.stringify(h.logs), /good-key|no key needed/);
});

test('every path but the probes and the front page is behind the keys', async (t) => {
  const h = await createHarness(t, { config: { apiKeys: ['k'] } });
  for (const path of ['/health', '/ready', '/']) assert.equal((await h.fetch(path)).status, 200, path);
  for (const path of ['/v1/models', '/v1/models/gpt-5.5', '/metrics'])
    assert.equal((await h.fetch(path)).status, 401, path);
  for (const path of ['/api/tags', '/api/version', '/api/ps']) assert.equal((await h.fetch(path)).status, 401, path);
  const posts = ['/v1/chat/completions', '/v1/completions', '/api/chat', '/api/generate', '/api/embed', '/api/show'];
  for (const path of [...posts, '/api/pull', '/api/push']) {
    assert.equal((await h.fetch(path, { method: 'POST', body: '{}' })).status, 401, path);
  }
});

test('what a key kept belongs to the key, whatever another one is called', async (t) => {
  const body = { model: 'gpt-5.5', input: 'Hello', store: true };
  const init = (key: string, content?: object): RequestInit => ({
    method: content ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(content && { body: JSON.stringify(content) }),
  });
  const home = await mkdtemp(join(tmpdir(), 'opencompat-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const keeping = { responsesStore: 'file', responsesDir: home } as const;
  const before = await createHarness(t, {
    config: { ...keeping, apiKeys: ['first'], clientKeys: [{ name: 'laptop', hash: hashOf('lost') }] },
  });
  const ids = await Promise.all(
    ['first', 'lost'].map(
      async (key) => (await readJson(await before.fetch('/v1/responses', init(key, body)))).id as string,
    ),
  );
  for (const [index, key] of ['first', 'lost'].entries()) {
    assert.equal((await before.fetch(`/v1/responses/${ids[index]}`, init(key))).status, 200, key);
  }
  await before.close();

  // The first key is a new one now, and the name of the lost one was given to its successor.
  const after = await createHarness(t, {
    config: {
      ...keeping,
      apiKeys: ['rotated', 'first'],
      clientKeys: [{ name: 'laptop', hash: hashOf('successor') }],
    },
  });
  const status = async (key: string, id: string) => (await after.fetch(`/v1/responses/${id}`, init(key))).status;
  for (const key of ['rotated', 'successor']) {
    for (const id of ids) assert.equal(await status(key, id), 404, key);
    const goesOn = { ...body, previous_response_id: ids[0] };
    assert.equal((await after.fetch('/v1/responses', init(key, goesOn))).status, 400, key);
  }
  assert.equal(await status('first', ids[0]!), 200);
});
