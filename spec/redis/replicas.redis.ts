/**
 * Several servers that share their state in a real Redis: what each may rely on, and what becomes of it when Redis goes.
 * Needs `redis-server` on the PATH, so it is run by CI and not by `npm test`.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { FakeChatGpt } from '../support/fake-chatgpt.ts';
import type { RedisServer } from './redis-server.ts';
import { cli, encryptionKey, type Replica, readyOf, startReplica, startReplicas, until } from './replicas.ts';

async function ask({ url }: Pick<Replica, 'url'>, stream = false): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', stream, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  return { status: answer.status, text: await answer.text() };
}

function refreshesOf(upstream: FakeChatGpt): number {
  return upstream.otherRequests.filter(({ path }) => path.startsWith('/oauth/token')).length;
}

/** `opencompat seed-credentials`, as a server's own start does it in Kubernetes. */
async function seed(redis: Pick<RedisServer, 'url'>, from: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'opencompat-'));
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    OPENCOMPAT_REDIS_URL: redis.url,
    OPENCOMPAT_REDIS_ENCRYPTION_KEY: encryptionKey,
  };
  const child = spawn(process.execPath, [cli, 'seed-credentials', '--from', from], { cwd: home, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part) => {
      output += part;
    });
  }
  await once(child, 'close');
  rmSync(home, { recursive: true, force: true });
  return output;
}

test('one expiry under load, seen by three processes: one refresh', async (t) => {
  const { upstream, replicas } = await startReplicas(t, 3);
  upstream.account.expireTokens();
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => ask(replicas[n % 3]!, n % 2 === 0)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(refreshesOf(upstream), 1);

  const late = await startReplica(t, { url: redisUrlOf(replicas) } as RedisServer, upstream, { isSignedIn: false });
  assert.equal((await ask(late)).status, 200);
  assert.equal(refreshesOf(upstream), 1);
});

/** From the log line that names it. */
function redisUrlOf([replica]: readonly Replica[]): string {
  return /"address":"(redis:[^"]+)"/.exec(replica!.output())![1]!;
}

test('nothing readable of a sign-in is in Redis', async (t) => {
  const { redis, upstream, replicas } = await startReplicas(t, 1);
  upstream.account.expireTokens();
  assert.equal((await ask(replicas[0]!)).status, 200);
  const client = new Redis(redis.url);
  t.after(() => client.disconnect());
  const stored = JSON.stringify(await client.hgetall('opencompat:credentials'));
  assert.match(stored, /"document"/);
  const { accessToken, refreshToken } = upstream.account.tokens;
  for (const secret of [accessToken, refreshToken, 'access_token', 'refresh_token']) {
    assert.ok(!stored.includes(secret));
  }
});

test('servers with another key do not start on what they cannot read', async (t) => {
  const { redis, upstream, replicas } = await startReplicas(t, 1);
  upstream.account.expireTokens();
  assert.equal((await ask(replicas[0]!)).status, 200);
  const other = await startReplica(t, redis, upstream, {
    env: { OPENCOMPAT_REDIS_ENCRYPTION_KEY: 'another key of at least thirty-two characters' },
  });
  const { status, text } = await ask(other);
  assert.equal(status, 503);
  assert.match(text, /credentials_unreadable/);
  assert.match(other.output(), /redisEncryptionKey/);
});

test('a limit is shared', async (t) => {
  const { replicas } = await startReplicas(t, 3, { env: { OPENCOMPAT_RATE_LIMIT: '9' } });
  const statuses: number[] = [];
  for (let n = 0; n < 12; n += 1) statuses.push((await fetch(`${replicas[n % 3]!.url}/v1/models`)).status);
  assert.deepEqual(statuses, [...Array(9).fill(200), ...Array(3).fill(429)]);
});

test('Redis killed and back under load: no request is lost, and all is shared again', async (t) => {
  const { redis, upstream, replicas } = await startReplicas(t, 3, { env: { OPENCOMPAT_RATE_LIMIT: '100000' } });
  upstream.account.expireTokens();
  assert.equal((await ask(replicas[0]!)).status, 200);
  for (const replica of replicas) assert.equal((await ask(replica)).status, 200);
  const refreshes = refreshesOf(upstream);

  let isOver = false;
  const statuses: number[] = [];
  const load = replicas.map(async (replica) => {
    while (!isOver) statuses.push((await ask(replica, true)).status);
  });
  await sleep(200);
  await redis.kill();
  for (const replica of replicas) {
    await until(async () => !(await readyOf(replica)).body.redis.ready);
    const { status, body } = await readyOf(replica);
    assert.equal(status, 200);
    assert.ok(body.redis.reason);
  }
  const duringOutage = statuses.length;
  await until(async () => statuses.length > duringOutage + 10);
  await redis.start();
  for (const replica of replicas) await until(async () => (await readyOf(replica)).body.redis.ready);
  isOver = true;
  await Promise.all(load);
  assert.deepEqual([...new Set(statuses)], [200]);
  assert.equal(refreshesOf(upstream), refreshes);

  // It came back without its data; the newest sign-in is put there again for a server that has none of its own.
  const late = await startReplica(t, redis, upstream, { isSignedIn: false });
  await until(async () => (await ask(late)).status === 200);
  assert.equal(refreshesOf(upstream), refreshes);
  upstream.account.expireTokens();
  const answers = await Promise.all(Array.from({ length: 9 }, (_, n) => ask(replicas[n % 3]!)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(refreshesOf(upstream), refreshes + 1);
  for (const replica of replicas) {
    assert.match(replica.output(), /Redis is away: going on with what is in memory/);
    assert.equal(replica.output().match(/Redis is there/g)?.length, 2);
  }
});

test('a server that starts while Redis is away serves from its own file, and joins when Redis is there', async (t) => {
  const { redis, upstream } = await startReplicas(t, 0);
  await redis.kill();
  const replica = await startReplica(t, redis, upstream);
  assert.equal((await ask(replica)).status, 200);
  assert.match(replica.output(), /Redis is away/);
  await redis.start();
  await until(async () => (await readyOf(replica)).body.redis.ready);
  upstream.account.expireTokens();
  assert.equal((await ask(replica)).status, 200);
});

test('each replica offers the same seed: one takes it, and a refreshed sign-in is not gone back on', async (t) => {
  const { redis, upstream } = await startReplicas(t, 0);
  const { accessToken, refreshToken, idToken } = upstream.account.tokens;
  const folder = mkdtempSync(join(tmpdir(), 'opencompat-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'auth.json');
  const tokens = { access_token: accessToken, refresh_token: refreshToken, id_token: idToken };
  writeFileSync(file, JSON.stringify({ tokens, last_refresh: '2026-11-01T00:00:00Z' }));
  assert.match(await seed(redis, file), /Took over/);
  assert.match(await seed(redis, file), /seen before/);

  await redis.kill();
  assert.match(await seed(redis, file), /cannot be changed: Redis is away: ECONNREFUSED/);
  await redis.start();
  assert.match(await seed(redis, file), /Took over/);

  const replica = await startReplica(t, redis, upstream, { isSignedIn: false });
  upstream.account.expireTokens();
  assert.equal((await ask(replica)).status, 200);
  assert.match(await seed(redis, file), /seen before/);
  assert.equal((await ask(replica)).status, 200);
  assert.equal(refreshesOf(upstream), 1);
});

test('an answer that one server keeps can be gone on from on another, and is read by nobody in Redis', async (t) => {
  const { redis, upstream, replicas } = await startReplicas(t, 2);
  const [first, second] = replicas as [Replica, Replica];
  const create = async ({ url }: Replica, fields: object) => {
    const body = JSON.stringify({ model: 'gpt-5.5', input: 'A secret of mine', ...fields });
    const answer = await fetch(`${url}/v1/responses`, { method: 'POST', body });
    return { status: answer.status, response: (await answer.json()) as { id: string; output: { id: string }[] } };
  };
  const client = new Redis(redis.url);
  t.after(() => client.disconnect());

  const { response } = await create(first, {});
  const next = await create(second, { input: 'And on', previous_response_id: response.id });
  assert.equal(next.status, 200);
  assert.equal(upstream.last.body.input.length, 4);
  const named = await create(second, { input: [{ type: 'item_reference', id: response.output.at(-1)!.id }] });
  assert.equal(named.status, 200);

  for (const key of await client.keys('*')) {
    assert.doesNotMatch(key, new RegExp(response.id));
    if ((await client.type(key)) === 'string')
      assert.doesNotMatch((await client.get(key)) ?? '', /secret of mine|resp_/);
    if (key.includes('response:')) assert.ok((await client.pttl(key)) > 0);
  }
  assert.equal((await fetch(`${second.url}/v1/responses/${response.id}`, { method: 'DELETE' })).status, 200);
  assert.equal((await fetch(`${first.url}/v1/responses/${response.id}`)).status, 404);

  await redis.kill();
  const alone = await create(first, {});
  const after = await create(first, { previous_response_id: alone.response.id });
  assert.equal(after.status, 200, 'while Redis is away each server keeps its own');
  await redis.start();
  for (const replica of replicas) await until(async () => (await readyOf(replica)).body.redis.ready);
  await until(async () => (await client.keys('*response:*')).length === 2);
  const joined = await create(second, { previous_response_id: after.response.id });
  assert.equal(joined.status, 200, 'when it is back, all have them');
});
