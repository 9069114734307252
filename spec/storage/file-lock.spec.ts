import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { acquireFileLock, type FileLock, lockStaleMs } from '../../lib/storage/file-lock.ts';
import { forkChild, makeDirectory, nextMessage } from '../auth/support.ts';

async function lockPathOf(t: TestContext): Promise<string> {
  return join(await makeDirectory(t), 'auth.json.lock');
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

test('a lock is a file while it is held', async (t) => {
  const path = await lockPathOf(t);
  const lock = await acquireFileLock(path);
  const { pid, host } = JSON.parse(await readFile(path, 'utf8'));
  assert.deepEqual({ pid, host }, { pid: process.pid, host: hostname() });
  await lock!.release();
  assert.equal(await isThere(path), false);
});

test('whoever comes second waits for the release', async (t) => {
  const path = await lockPathOf(t);
  const order: string[] = [];
  const first = await acquireFileLock(path);
  const second = acquireFileLock(path).then(async (lock) => {
    order.push('second');
    await lock!.release();
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  order.push('release');
  await first!.release();
  await second;
  assert.deepEqual(order, ['release', 'second']);
});

test('the wait has an end', async (t) => {
  const path = await lockPathOf(t);
  const lock = await acquireFileLock(path);
  await assert.rejects(acquireFileLock(path, { waitMs: 30 }), /auth\.json\.lock is held by another process/);
  await lock!.release();
});

test('several processes never hold it together', async (t) => {
  const path = await lockPathOf(t);
  const counter = join(path, '..', 'counter');
  await writeFile(counter, '0');
  const children = Array.from({ length: 4 }, () => forkChild(t, 'count-under-lock.ts', [path, counter, '25']));
  for (const code of await Promise.all(children.map((child) => once(child, 'exit')))) assert.equal(code[0], 0);
  assert.equal(await readFile(counter, 'utf8'), '100');
});

test('the lock of a process that was killed is taken over at once', async (t) => {
  const path = await lockPathOf(t);
  const child = forkChild(t, 'hold-lock.ts', [path]);
  await nextMessage(child);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await acquireFileLock(path);
  assert.equal(JSON.parse(await readFile(path, 'utf8')).pid, process.pid);
  await lock!.release();
});

test('the lock of an earlier process with our own pid is taken over at once', async (t) => {
  const path = await lockPathOf(t);
  const lock = await acquireFileLock(path);
  const earlier = JSON.parse(await readFile(path, 'utf8'));
  await lock!.release();
  await writeFile(path, JSON.stringify({ ...earlier, id: 'of an earlier life' }));
  await (await acquireFileLock(path))!.release();
  assert.equal(await isThere(path), false);
});

const elsewhere = { id: 'someone', pid: 1, host: 'a container that is gone', pidNamespace: 'pid:[1]' };

test('the lock of another host is taken over when its time is up', async (t) => {
  const path = await lockPathOf(t);
  const startMs = Date.UTC(2026, 0, 1);
  await writeFile(path, JSON.stringify({ ...elsewhere, time: startMs }));
  let nowMs = startMs + lockStaleMs;
  let lock: FileLock | undefined;
  const waiting = acquireFileLock(path, { now: () => nowMs }).then((got) => {
    lock = got;
  });
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(lock, undefined);
  nowMs += 1;
  await waiting;
  await lock!.release();
});

test('a time far in the future, from a clock that was wrong, keeps nobody out', async (t) => {
  const path = await lockPathOf(t);
  await writeFile(path, JSON.stringify({ ...elsewhere, time: Date.now() + 86_400_000 }));
  await (await acquireFileLock(path))!.release();
});

test('an empty lock file, whose maker died between two steps, is judged by its age', async (t) => {
  const path = await lockPathOf(t);
  await writeFile(path, '');
  const old = new Date(Date.now() - lockStaleMs - 1000);
  await utimes(path, old, old);
  await (await acquireFileLock(path))!.release();
});

test('of many who find it abandoned, one at a time gets it, and no file stays', async (t) => {
  const path = await lockPathOf(t);
  const counter = join(path, '..', 'counter');
  await writeFile(counter, '0');
  await writeFile(path, JSON.stringify({ ...elsewhere, time: 0 }));
  await writeFile(`${path}.breaking`, JSON.stringify({ ...elsewhere, time: 0 }));
  const children = Array.from({ length: 4 }, () => forkChild(t, 'count-under-lock.ts', [path, counter, '5']));
  await Promise.all(children.map((child) => once(child, 'exit')));
  assert.equal(await readFile(counter, 'utf8'), '20');
  assert.deepEqual(await readdir(join(path, '..')), ['counter']);
});

test('a lock that was taken over is not released by its earlier holder', async (t) => {
  const path = await lockPathOf(t);
  const slept = await acquireFileLock(path);
  await writeFile(path, JSON.stringify({ ...elsewhere, time: Date.now() }));
  await slept!.release();
  assert.equal(await isThere(path), true);
});
