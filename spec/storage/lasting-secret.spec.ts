import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openLastingSecret } from '../../lib/storage/lasting-secret.ts';

async function setUp(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'opencompat-secret-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const warnings: string[] = [];
  const log = { warn: (message: string) => warnings.push(message) };
  return {
    path: join(folder, 'made', 'a.key'),
    folder,
    warnings,
    open: (path: string) => openLastingSecret(path, log as never),
  };
}

test('all who ask at once, and later, have the same secret', async (t) => {
  const { path, open, warnings } = await setUp(t);
  const secrets = await Promise.all(Array.from({ length: 5 }, () => open(path)));
  const texts = new Set([...secrets, await open(path)].map((secret) => secret.reveal()));
  assert.equal(texts.size, 1);
  assert.equal([...texts][0]!.length, 43);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(warnings, []);
});

test('a file that cannot be used stays as it is, and the secret is one of the process', async (t) => {
  const { folder, open, warnings } = await setUp(t);
  const short = join(folder, 'short.key');
  await writeFile(short, 'short\n');
  const first = await open(short);
  assert.notEqual(first.reveal(), (await open(short)).reveal());
  assert.equal((await stat(short)).size, 6);
  // Its folder is a file.
  await open(join(short, 'a.key'));
  assert.equal(warnings.length, 3);
});
