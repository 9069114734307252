/** Sums of several servers in one Redis. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Secret } from '../../lib/secret.ts';
import { openRedis, type RedisConnection } from '../../lib/storage/redis.ts';
import { dayOf, msPerDay } from '../../lib/usage/day-sums.ts';
import { sumUsageOfAll } from '../../lib/usage/report.ts';
import { SharedSums } from '../../lib/usage/shared-sums.ts';
import { type FakeRedis, startFakeRedis } from '../support/fake-redis.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { ledgerPath, row, wide } from './support.ts';

async function connect(t: TestContext, { url }: FakeRedis): Promise<RedisConnection> {
  const log = createRecordingLog();
  const config = { url: new Secret(url), keyPrefix: 'opencompat:', encryptionKey: new Secret('k'.repeat(32)) };
  const redis = await openRedis(config as never, log);
  t.after(() => redis.close());
  await redis.settled();
  return redis;
}

function openSums(redis: RedisConnection, maxSums = wide.maxSums): SharedSums {
  return new SharedSums({ redis, log: createRecordingLog(), maxSums, maxDays: 90, intervalMs: 1 });
}

test('the usage is the sum of all servers, by each of its groupings', async (t) => {
  const fake = await startFakeRedis(t);
  const redis = await connect(t, fake);
  const [first, second] = [openSums(redis), openSums(redis)];
  const atMs = Date.now();
  first.add(row({ atMs, cost: 0.1 }));
  first.add(row({ atMs: atMs - msPerDay, cost: 0.2 }));
  second.add(row({ atMs, cost: 0.3, client: 'phone', clientId: 'h2', outcome: 'failed' }));
  second.add(row({ atMs, cost: 0.4, provider: undefined, model: undefined }));
  await Promise.all([first.close(), second.close()]);
  const sources = { path: await ledgerPath(t), redis, maxDays: 90 };
  const by = async (what: 'day' | 'key' | 'model') =>
    (await sumUsageOfAll(sources, what, dayOf(atMs - 5 * msPerDay))).map(({ name, requests, failures, cost }) => [
      name,
      requests,
      failures,
      Math.round(cost * 10),
    ]);
  assert.deepEqual(await by('day'), [
    [dayOf(atMs - msPerDay), 1, 0, 2],
    [dayOf(atMs), 3, 1, 8],
  ]);
  assert.deepEqual(await by('key'), [
    ['laptop', 3, 0, 7],
    ['phone', 1, 1, 3],
  ]);
  assert.deepEqual(await by('model'), [
    ['chatgpt/gpt-5.5', 3, 1, 6],
    ['', 1, 0, 4],
  ]);
});

test('while Redis is away sums wait, and a batch whose answer was lost is counted once', async (t) => {
  const fake = await startFakeRedis(t);
  const redis = await connect(t, fake);
  const sums = openSums(redis);
  fake.ailment = 'silent';
  sums.add(row({ atMs: Date.now() }));
  while (redis.isUp) await new Promise((resolve) => setTimeout(resolve, 20));
  sums.add(row({ atMs: Date.now() }));
  // What was held back is carried out now, although its sender has given it up.
  fake.ailment = undefined;
  while (!redis.isUp) await new Promise((resolve) => setTimeout(resolve, 20));
  await sums.close();
  const [sum] = await sumUsageOfAll({ path: await ledgerPath(t), redis, maxDays: 90 }, 'day', '2026-01-01');
  assert.equal(sum!.requests, 2);
});

test('what waits is bounded: names make room, and no request is lost', async (t) => {
  const redis = await connect(t, await startFakeRedis(t));
  const sums = openSums(redis, 2);
  const atMs = Date.now();
  for (let n = 0; n < 5; n += 1) sums.add(row({ atMs, model: `model-${n}` }));
  await sums.close();
  const found = await sumUsageOfAll({ path: await ledgerPath(t), redis, maxDays: 90 }, 'model', '2026-01-01');
  assert.deepEqual(
    found.map(({ name, requests }) => [name, requests]),
    [
      ['chatgpt/(others)', 3],
      ['chatgpt/model-0', 1],
      ['chatgpt/model-1', 1],
    ],
  );
});
