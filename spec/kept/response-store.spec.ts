import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { CanonicalResponse } from '../../lib/canonical/types.ts';
import {
  createResponseStore,
  ownerOf,
  type ResponseStoreOptions,
  type StoredResponse,
} from '../../lib/kept/response-store.ts';
import { createRecordingLog } from '../support/recording-log.ts';

function toStored(id: string, fields: Partial<StoredResponse> & { text?: string } = {}): StoredResponse {
  const { text = 'Hello', ...rest } = fields;
  const message = { id: `msg_${id}`, type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] };
  const response = { id, object: 'response', output: [message] } as unknown as CanonicalResponse;
  return { id, owner: '', input: [], response, ...rest };
}

function open(options: Partial<ResponseStoreOptions> = {}) {
  const log = createRecordingLog();
  let nowMs = 1_000_000;
  const store = createResponseStore({
    maxEntries: 100,
    maxBytes: 1_000_000,
    ttlMs: 10_000,
    log,
    now: () => nowMs,
    ...options,
  });
  return {
    store,
    log,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

async function openFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'opencompat-responses-'));
  t.after(() => rm(folder, { recursive: true, maxRetries: 10 }));
  return join(folder, 'responses');
}

test('gives back what it took, as a copy', async () => {
  const { store } = open();
  const stored = toStored('resp_1', { previousId: 'resp_0' });
  await store.put(stored);
  const found = await store.get('', 'resp_1');
  assert.deepEqual(found, stored);
  found!.response.output.length = 0;
  stored.input.push({ role: 'user', content: 'later' });
  assert.deepEqual(await store.get('', 'resp_1'), toStored('resp_1', { previousId: 'resp_0' }));
  assert.equal((await store.findByItem('', 'msg_resp_1'))?.id, 'resp_1');
});

test('nobody finds, or deletes, what is another’s', async () => {
  const { store } = open();
  await store.put(toStored('resp_1', { owner: 'ann' }));
  for (const owner of ['', 'bob', 'an', 'annr']) {
    assert.equal(await store.get(owner, 'resp_1'), undefined);
    assert.equal(await store.findByItem(owner, 'msg_resp_1'), undefined);
    assert.equal(await store.delete(owner, 'resp_1'), false);
  }
  assert.equal(await store.get('an', 'nresp_1'), undefined);
  assert.ok(await store.get('ann', 'resp_1'));
  assert.equal(await store.delete('ann', 'resp_1'), true);
  assert.equal(await store.get('ann', 'resp_1'), undefined);
  assert.equal(await store.findByItem('ann', 'msg_resp_1'), undefined);
});

test('an address is nobody’s name', () => {
  assert.equal(ownerOf('127.0.0.1', '127.0.0.1'), '');
  assert.equal(ownerOf('laptop', '127.0.0.1'), 'laptop');
});

test('the least lately used go first', async () => {
  const { store } = open({ maxEntries: 2 });
  await store.put(toStored('resp_1'));
  await store.put(toStored('resp_2'));
  await store.get('', 'resp_1');
  await store.put(toStored('resp_3'));
  assert.ok(await store.get('', 'resp_1'));
  assert.equal(await store.get('', 'resp_2'), undefined);
  assert.ok(await store.get('', 'resp_3'));
});

test('an answer is kept for a while after its last use', async () => {
  const { store, pass } = open();
  await store.put(toStored('resp_1'));
  await store.put(toStored('resp_2'));
  pass(9_000);
  assert.ok(await store.get('', 'resp_1'));
  pass(9_000);
  assert.ok(await store.get('', 'resp_1'));
  assert.equal(await store.get('', 'resp_2'), undefined);
  pass(10_000);
  assert.equal(await store.get('', 'resp_1'), undefined);
});

test('who keeps the most makes room: nobody pushes out what another has kept', async () => {
  for (const limits of [{ maxEntries: 10 }, { maxBytes: 3_000 }]) {
    const { store } = open(limits);
    for (const id of ['resp_b1', 'resp_b2']) await store.put(toStored(id, { owner: 'b' }));
    for (let count = 0; count < 50; count += 1) await store.put(toStored(`resp_a${count}`, { owner: 'a' }));
    assert.ok(await store.get('b', 'resp_b1'));
    assert.ok(await store.get('b', 'resp_b2'));
    assert.ok(await store.get('a', 'resp_a49'));
    assert.equal(await store.get('a', 'resp_a0'), undefined);
  }
});

test('it never holds more than it may, whatever comes', async () => {
  const step = fc.record({ id: fc.integer({ min: 0, max: 9 }), size: fc.integer({ min: 0, max: 2_000 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const maxEntries = 4;
      const maxBytes = 3_000;
      const { store } = open({ maxEntries, maxBytes });
      for (const { id, size } of steps) await store.put(toStored(`resp_${id}`, { text: 'x'.repeat(size) }));
      const found = await Promise.all(Array.from({ length: 10 }, (_, id) => store.get('', `resp_${id}`)));
      const kept = found.filter((stored) => stored !== undefined);
      assert.ok(kept.length <= maxEntries);
      assert.ok(kept.reduce((sum, stored) => sum + JSON.stringify(stored).length, 0) <= maxBytes);
      const last = steps.at(-1);
      if (last) assert.ok(await store.get('', `resp_${last.id}`), 'the newest is there');
    }),
  );
});

test('what is larger than all that may be held is not kept, and costs nothing else its place', async () => {
  const { store } = open({ maxBytes: 2_000 });
  await store.put(toStored('resp_1'));
  await store.put(toStored('resp_2', { text: 'x'.repeat(3_000) }));
  assert.ok(await store.get('', 'resp_1'));
  assert.equal(await store.get('', 'resp_2'), undefined);
});

test('in files it outlives the process, for nobody else to read', async (t) => {
  const directory = await openFolder(t);
  const first = open({ directory }).store;
  await first.put(toStored('resp_1', { owner: 'ann' }));
  await first.put(toStored('resp_2', { owner: 'ann', previousId: 'resp_1' }));
  await first.close();
  const names = await readdir(directory);
  assert.equal(names.length, 2);
  for (const name of names) assert.equal((await stat(join(directory, name))).mode & 0o777, 0o600);
  assert.equal((await stat(directory)).mode & 0o777, 0o700);

  const second = open({ directory, now: Date.now }).store;
  assert.deepEqual(await second.get('ann', 'resp_2'), toStored('resp_2', { owner: 'ann', previousId: 'resp_1' }));
  assert.ok(await second.findByItem('ann', 'msg_resp_1'));
  assert.equal(await second.delete('ann', 'resp_1'), true);
  assert.equal((await readdir(directory)).length, 1);
});

test('what it may not hold any longer is removed from disk as well', async (t) => {
  const directory = await openFolder(t);
  const { store } = open({ directory, maxEntries: 2 });
  for (const id of ['resp_1', 'resp_2', 'resp_3']) await store.put(toStored(id));
  await store.close();
  const texts = await Promise.all((await readdir(directory)).map((name) => readFile(join(directory, name), 'utf8')));
  assert.deepEqual(texts.map((text) => JSON.parse(text).id).sort(), ['resp_2', 'resp_3']);
  const smaller = open({ directory, maxEntries: 1, now: Date.now }).store;
  await smaller.get('', 'resp_3');
  await smaller.close();
  assert.equal((await readdir(directory)).length, 1);
});

test('files that are damaged or not its own are passed over', async (t) => {
  const directory = await openFolder(t);
  const first = open({ directory }).store;
  await first.put(toStored('resp_1'));
  await first.close();
  await writeFile(join(directory, `${'0'.repeat(64)}.json`), '{"id":');
  await writeFile(join(directory, 'notes.txt'), 'mine');
  const { store, log } = open({ directory, now: Date.now });
  assert.ok(await store.get('', 'resp_1'));
  assert.equal(log.lines.length, 1);
  assert.ok((await readdir(directory)).includes('notes.txt'));
});

test('a folder that cannot be written costs a line in the log, and nothing of what is in memory', async (t) => {
  const directory = await openFolder(t);
  await writeFile(directory, 'a file where the folder should be');
  const { store, log } = open({ directory });
  await store.put(toStored('resp_1'));
  assert.ok(await store.get('', 'resp_1'));
  assert.equal(log.lines[0]?.level, 'warn');
});
