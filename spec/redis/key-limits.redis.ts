/** Limits of client keys over several servers with one Redis: exact, and while it is away each goes on with what it knows. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Redis } from 'ioredis';
import { fakeUsage } from '../support/scripted-answer.ts';
import { type Replica, readyOf, startReplicas, until } from './replicas.ts';

function configFile(t: TestContext, limits: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'opencompat-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'opencompat.config.json');
  const hash = `sha256:${createHash('sha256').update('a-key').digest('hex')}`;
  writeFileSync(file, JSON.stringify({ clientKeys: [{ name: 'laptop', hash, limits }] }));
  return file;
}

async function ask({ url }: Replica): Promise<number> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer a-key' },
    body: JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await answer.text();
  return answer.status;
}

const countOf = (statuses: readonly number[], status: number) => statuses.filter((each) => each === status).length;

test('twenty requests of a day are twenty over all servers, also when they come at once', async (t) => {
  const env = { OPENCOMPAT_CONFIG: configFile(t, { requests: { day: 20, month: 1000 }, tokens: { day: 10_000_000 } }) };
  const { redis, upstream, replicas } = await startReplicas(t, 3, { env });
  const statuses = await Promise.all(Array.from({ length: 60 }, (_, n) => ask(replicas[n % 3]!)));
  assert.deepEqual([countOf(statuses, 200), countOf(statuses, 429)], [20, 40]);
  assert.equal(upstream.requests.length, 20);

  const client = new Redis(redis.url);
  t.after(() => client.disconnect());
  const keys = await client.keys('*used:*:day:*');
  assert.equal(keys.length, 1);
  const lifeMs = await client.pttl(keys[0]!);
  assert.ok(lifeMs > 0 && lifeMs <= 86_400_000 + 60_000);
  // What was reserved gives way to what the answers tell.
  const expected = { requests: '20', tokens: String(20 * fakeUsage.total_tokens), cost: '0' };
  await until(async () => isDeepStrictEqual({ ...(await client.hgetall(keys[0]!)) }, expected));
});

test('a Redis that comes back with nothing learns from the servers what was used', async (t) => {
  const env = { OPENCOMPAT_CONFIG: configFile(t, { requests: { day: 6 } }) };
  const { redis, replicas } = await startReplicas(t, 2, { env });
  const [first, second] = replicas as [Replica, Replica];
  for (const replica of [first, second, first, second]) assert.equal(await ask(replica), 200);
  await redis.kill();
  await until(async () => !(await readyOf(second)).body.redis.ready);
  assert.equal(await ask(second), 200);
  await redis.start();
  for (const replica of replicas) await until(async () => (await readyOf(replica)).body.redis.ready);
  assert.equal(await ask(second), 200);
  assert.equal(await ask(first), 429);
  assert.equal(await ask(second), 429);
});
