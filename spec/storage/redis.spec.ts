/** What the server makes of a Redis that is there and does not work: silent, a replica since a failover, without room. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileCredentialStore } from '../../lib/auth/credential-store.ts';
import { RedisCredentialStore } from '../../lib/auth/redis-credential-store.ts';
import { Secret } from '../../lib/secret.ts';
import { openRedis } from '../../lib/storage/redis.ts';
import { type FakeRedis, startFakeRedis } from '../support/fake-redis.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const key = 'k'.repeat(32);
const refusals = [
  "READONLY You can't write against a read only replica.",
  'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.',
  "OOM command not allowed when used memory > 'maxmemory'.",
];

async function start(t: TestContext): Promise<{ h: Harness; redis: FakeRedis }> {
  const redis = await startFakeRedis(t);
  const h = await createHarness(t, { config: { redis: { url: redis.url }, redisEncryptionKey: key, rateLimit: 0 } });
  return { h, redis };
}

async function readyOf(h: Harness): Promise<{ ready: boolean; reason?: string }> {
  const { redis } = (await (await h.fetch('/ready')).json()) as { redis: { ready: boolean; reason?: string } };
  return redis;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(50);
}

const respond = (h: Harness, more: object = {}) =>
  h.fetch('/v1/responses', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'Hello', ...more }),
  });

test('a Redis that answers nothing is asked once, then looked at now and then until it answers', async (t) => {
  const { h, redis } = await start(t);
  const { id } = (await (await respond(h)).json()) as { id: string };
  await until(async () => [...redis.values.keys()].some((name) => name.includes('response:')));
  redis.ailment = 'silent';
  assert.equal((await respond(h, { previous_response_id: id })).status, 503);
  const asked = () => redis.commands.filter((args) => !args[1]?.endsWith('probe')).length;
  const askedBefore = asked();
  assert.match((await readyOf(h)).reason ?? '', /no answer/);
  for (let round = 0; round < 5; round += 1) {
    const answer = await respond(h, { previous_response_id: id });
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '5');
    assert.equal((await h.fetch(`/v1/responses/${id}`)).status, 503);
  }
  assert.equal(asked(), askedBefore, 'nothing was asked meanwhile');
  assert.equal((await respond(h)).status, 200);
  redis.ailment = undefined;
  await until(async () => (await readyOf(h)).ready);
  assert.equal((await respond(h, { previous_response_id: id })).status, 200);
  assert.equal((await respond(h, { previous_response_id: 'resp_none' })).status, 400);
});

for (const refusal of refusals) {
  test(`a Redis that takes no writes is away: ${refusal.split(' ')[0]}`, async (t) => {
    const { h, redis } = await start(t);
    redis.ailment = refusal;
    h.upstream.expireTokens();
    const answer = await respond(h);
    assert.equal(answer.status, 200, await answer.text());
    const { ready, reason } = await readyOf(h);
    assert.equal(ready, false);
    assert.ok(reason?.startsWith(refusal.split(' ')[0]!), reason);
    assert.ok(h.logs.some(({ message }) => message.startsWith('Redis is away')));
    assert.equal((await respond(h)).status, 200);
    redis.ailment = undefined;
    await until(async () => (await readyOf(h)).ready);
  });
}

test('a start in front of a replica says so, and is ready when the replica is the primary', async (t) => {
  const redis = await startFakeRedis(t);
  redis.ailment = refusals[0];
  const log = createRecordingLog();
  const connection = await openRedis(
    { url: new Secret(redis.url), encryptionKey: new Secret(key), keyPrefix: 'oc:' },
    log,
  );
  t.after(() => connection.close());
  await until(async () => connection.reason?.startsWith('READONLY') ?? false);
  assert.equal(connection.isUp, false);
  let isTold = false;
  connection.onUp(() => {
    isTold = true;
  });
  redis.ailment = undefined;
  await until(async () => connection.isUp);
  assert.ok(isTold);
});

test('credentials under another number than their own are nobody’s', async (t) => {
  const redis = await startFakeRedis(t);
  const log = createRecordingLog();
  const connection = await openRedis(
    { url: new Secret(redis.url), encryptionKey: new Secret(key), keyPrefix: 'oc:' },
    log,
  );
  t.after(() => connection.close());
  await connection.settled();
  const file = new FileCredentialStore({ path: '/nonexistent/auth.json', log });
  const open = () => new RedisCredentialStore({ redis: connection, file, log });
  const store = open();
  const signIn = (text: string) => ({ accessToken: new Secret(text), refreshToken: new Secret(text) }) as never;
  await store.update('chatgpt', async () => signIn('first'));
  const hash = redis.values.get('oc:credentials') as Map<string, string>;
  const older = hash.get('document')!;
  await store.update('chatgpt', async () => signIn('second'));
  redis.values.set(
    'oc:credentials',
    new Map([
      ['number', '9'],
      ['document', older],
    ]),
  );
  await assert.rejects(open().read('chatgpt'), /somebody has changed them/);
});
