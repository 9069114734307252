/** How many answers a client key keeps in a real Redis. Runs with redis-server: `node --test spec/redis/kept-answers.redis.ts`. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createResponseStore, type ResponseStore } from '../../lib/kept/response-store.ts';
import { createSharedResponseStore } from '../../lib/kept/shared-response-store.ts';
import { Secret } from '../../lib/secret.ts';
import { openRedis, type RedisConnection } from '../../lib/storage/redis.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { createRedisServer } from './redis-server.ts';

const ttlMs = 60_000;

async function setUp(t: TestContext, limits: { maxEntries: number; maxBytes: number }) {
  const server = await createRedisServer(t);
  const log = createRecordingLog();
  const url = new Secret(server.url);
  const encryptionKey = new Secret('0123456789abcdef0123456789abcdef');
  const redis = await openRedis({ url, encryptionKey, keyPrefix: 'opencompat:' }, log);
  t.after(() => redis.close());
  await redis.settled();
  const local = createResponseStore({ maxEntries: 1, maxBytes: 1, ttlMs, log });
  return { redis, store: createSharedResponseStore({ redis, local, ttlMs, ...limits, log }) };
}

function put(store: ResponseStore, owner: string, id: string, text = ''): Promise<void> {
  const response = { id, output: [{ type: 'message', id: `msg_${id}`, role: 'assistant', content: [{ text }] }] };
  return store.put({ id, owner, input: [], response: response as never });
}

async function kept(store: ResponseStore, owner: string, ids: readonly string[]): Promise<string[]> {
  const found = await Promise.all(ids.map((id) => store.get(owner, id)));
  return found.flatMap((stored) => stored?.id ?? []);
}

async function countKeys(redis: RedisConnection): Promise<number> {
  return Number(await redis.call('DBSIZE'));
}

test('a client key keeps as many answers as it may, those that were used last, and no other loses one', async (t) => {
  const { redis, store } = await setUp(t, { maxEntries: 3, maxBytes: 1_000_000 });
  await put(store, 'b', 'b1');
  for (const id of ['a1', 'a2', 'a3']) await put(store, 'a', id);
  await store.get('a', 'a1');
  await put(store, 'a', 'a4');
  assert.deepEqual(await kept(store, 'a', ['a1', 'a2', 'a3', 'a4']), ['a1', 'a3', 'a4']);
  assert.equal(await store.findByItem('a', 'msg_a2'), undefined);
  assert.deepEqual(await kept(store, 'b', ['b1']), ['b1']);
  const keys = await countKeys(redis);
  for (let index = 0; index < 20; index += 1) await put(store, 'a', `more${index}`);
  assert.equal(await countKeys(redis), keys, 'items go with their answers');
  assert.deepEqual(await kept(store, 'b', ['b1']), ['b1']);
});

test('a client key keeps as many bytes as it may', async (t) => {
  const { store } = await setUp(t, { maxEntries: 100, maxBytes: 10_000 });
  for (const id of ['a1', 'a2', 'a3']) await put(store, 'a', id, 'x'.repeat(4_000));
  assert.deepEqual(await kept(store, 'a', ['a1', 'a2', 'a3']), ['a2', 'a3']);
});

test('an answer that was deleted, or stored anew, does not count', async (t) => {
  const { store } = await setUp(t, { maxEntries: 2, maxBytes: 1_000_000 });
  await put(store, 'a', 'a1');
  await put(store, 'a', 'a2');
  assert.equal(await store.delete('a', 'a2'), true);
  await put(store, 'a', 'a3');
  await put(store, 'a', 'a3', 'longer');
  assert.deepEqual(await kept(store, 'a', ['a1', 'a2', 'a3']), ['a1', 'a3']);
});
