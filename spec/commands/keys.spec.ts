/** `opencompat keys`: keys that are made and taken back while a server runs. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeHash } from '../../lib/config/key-hash.ts';
import { changeKeyFile, KeyFile, keyFilePathOf } from '../../lib/usage/key-file.ts';
import { createHarness } from '../support/index.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { run, setUp } from './support.ts';

test('a key is shown once and kept hashed; it is listed with its limits, and taken back by its name', async (t) => {
  const setup = await setUp(t);
  const keys = (...args: string[]) => run(t, setup, 'keys', ...args).ended;
  const added = await keys(
    ...['add', 'phone', '--requests', '20/day', '--requests', '2/minute', '--cost', '1.5/month'],
    ...['--models', 'gpt-5.5*, box/*', '--expires', '2099-12-31'],
  );
  assert.equal(added.status, 0, added.stderr);
  const key = added.stdout.trim();
  assert.match(key, /^oc-[\w-]{43}$/);
  assert.match(added.stderr, /shown this once.*\nFrom now on every request to the server needs a key/);
  const path = keyFilePathOf(dirname(setup.authFile));
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const text = await readFile(path, 'utf8');
  assert.ok(!text.includes(key) && text.includes(writeHash(key)));
  const [twice, odd, late, listed, json, unknown] = await Promise.all([
    keys('add', 'phone'),
    keys('add', 'tablet', '--tokens', 'many'),
    keys('add', 'tablet', '--expires', 'tomorrow'),
    keys('list'),
    keys('list', '--json'),
    keys('revoke', 'tablet'),
  ]);
  assert.match(twice.stderr, /there is a key 'phone' already/);
  assert.match(odd.stderr, /'--tokens many' is no limit: write a number and a window, such as 20\/day/);
  assert.match(late.stderr, /expires must be a day such as 2026-12-31/);
  assert.match(unknown.stderr, /there is no key 'tablet'/);
  assert.deepEqual(
    [twice, odd, late, unknown].map(({ status }) => status),
    [1, 1, 1, 1],
  );
  assert.match(
    listed.stdout,
    /^phone {2}made \S+Z; 20 requests\/day; 2 requests\/minute; 1\.5 USD\/month; models gpt-5\.5\*, box\/\*; until 2099-12-31$/m,
  );
  const [only] = JSON.parse(json.stdout);
  assert.deepEqual([only.name, only.limits.requests, only.hash], ['phone', { minute: 2, day: 20 }, undefined]);
  const revoked = await keys('revoke', 'phone');
  assert.match(revoked.stdout, /is good no longer\.\nNo key is left, so that nobody is let in/);
});

const made = (name: string, key: string) => ({ name, hash: writeHash(key), created: '2026-11-29T12:00:00Z' });

test('a running server takes up keys that are made, limited and taken back', async (t) => {
  const h = await createHarness(t, { config: { aliases: { mine: 'gpt-5.5' } } });
  const path = keyFilePathOf(h.dataDir);
  const statusOf = async (key?: string) => {
    const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return (await h.fetch('/v1/models/mine', { headers })).status;
  };
  /** The server looks now and then. */
  async function until(key: string | undefined, status: number): Promise<void> {
    while ((await statusOf(key)) !== status) await sleep(50);
  }
  assert.equal(await statusOf(), 200);
  await changeKeyFile(path, () => [made('phone', 'one'), { ...made('box', 'two'), models: ['other'] }]);
  await until('one', 200);
  await until(undefined, 401);
  assert.equal(await statusOf('two'), 404);
  await changeKeyFile(path, (keys) => keys.filter(({ name }) => name !== 'phone'));
  await until('one', 401);
  await changeKeyFile(path, () => []);
  await until('two', 401);
  assert.equal(await statusOf(), 401, 'nobody is let in');
});

/** Looks each time. */
function openFile(t: TestContext, path: string) {
  let nowMs = 0;
  t.mock.method(performance, 'now', () => {
    nowMs += 1000;
    return nowMs;
  });
  const log = createRecordingLog();
  return { file: new KeyFile(path, log), log };
}

test('a file that cannot be used is told once, and the keys that were known go on; without any, nobody is let in', async (t) => {
  const setup = await setUp(t);
  const path = join(setup.home, 'client-keys.json');
  const { file, log } = openFile(t, path);
  assert.equal(file.read(), undefined);
  await writeFile(path, '{"version":1,"keys":[{"name":"phone"}]}');
  assert.deepEqual(file.read(), []);
  assert.deepEqual(file.read(), []);
  assert.equal(log.lines.length, 1);
  assert.match(String(log.lines[0]!.fields?.reason), /keys\[0\]\.hash is missing/);
  await changeKeyFile(path.replace('client', 'other'), () => [made('phone', 'one')]);
  await writeFile(path, await readFile(path.replace('client', 'other')));
  assert.equal(file.read()![0]!.name, 'phone');
  await writeFile(path, 'nothing');
  assert.equal(file.read()![0]!.name, 'phone');
  assert.equal(log.lines.length, 2);
});
