import assert from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { writeFileAtomic } from '../../lib/storage/atomic-file.ts';

const childFile = (name: string) => join(import.meta.dirname, '../auth/children', name);

async function makeDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'opencompat-atomic-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

test('a new file and its directories belong to their owner alone', async (t) => {
  const path = join(await makeDirectory(t), 'a/b/auth.json');
  await writeFileAtomic(path, 'text');
  assert.equal(await readFile(path, 'utf8'), 'text');
  assert.equal(await modeOf(path), 0o600);
  assert.equal(await modeOf(join(path, '..')), 0o700);
  assert.equal(await modeOf(join(path, '..')), 0o700);
});

test('the mode can be asked for', async (t) => {
  const path = join(await makeDirectory(t), 'sub/models.json');
  await writeFileAtomic(path, 'text', { mode: 0o640, directoryMode: 0o750 });
  assert.equal(await modeOf(path), 0o640);
  assert.equal(await modeOf(join(path, '..')), 0o750);
});

test('kill -9 at any moment leaves one whole text', async (t) => {
  const path = join(await makeDirectory(t), 'auth.json');
  const texts = ['old old old!', 'new'] as const;
  for (let round = 0; round < 16; round++) {
    const child = fork(childFile('write-forever.ts'), [path, ...texts], { execArgv: [] });
    await once(child, 'message');
    // The child goes on writing, and each round meets it a little later in its work.
    setTimeout(() => child.kill('SIGKILL'), round);
    await once(child, 'exit');
    const text = await readFile(path, 'utf8');
    assert.ok(
      texts.some((part) => text === part.repeat(text.length / part.length) && text.length === part.length * 500_000),
      `${text.length} characters`,
    );
  }
});

test('a write that finds no room leaves the old file, and nothing beside it', async (t) => {
  const directory = await makeDirectory(t);
  const path = join(directory, 'auth.json');
  await writeFile(path, 'old');
  // The limit on the size of a file stands in for a full disk: the write fails half way.
  const script = 'ulimit -f 16; exec "$0" "$1" "$2"';
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    script,
    process.execPath,
    childFile('write-once.ts'),
    path,
  ]);
  assert.equal(stdout.trim(), 'EFBIG');
  assert.equal(await readFile(path, 'utf8'), 'old');
  assert.deepEqual(await readdir(directory), ['auth.json']);
});

test('what killed writers left is removed once it is old', async (t) => {
  const directory = await makeDirectory(t);
  const path = join(directory, 'auth.json');
  const [old, young, foreign] = [
    '.auth.json.0123456789ab.tmp',
    '.auth.json.ba9876543210.tmp',
    '.models.json.00.tmp',
  ] as const;
  for (const name of [old, young, foreign]) await writeFile(join(directory, name), 'half');
  const anHourAgo = new Date(Date.now() - 3_600_000);
  for (const name of [old, foreign]) await utimes(join(directory, name), anHourAgo, anHourAgo);
  await writeFileAtomic(path, 'text');
  assert.deepEqual((await readdir(directory)).sort(), [young, foreign, 'auth.json'].sort());
});

test('a symbolic link stays one, and what it leads to is replaced', async (t) => {
  const directory = await makeDirectory(t);
  const target = join(directory, 'real.json');
  const link = join(directory, 'auth.json');
  await writeFile(target, 'old');
  await symlink(target, link);
  await writeFileAtomic(link, 'new');
  assert.equal(await readFile(target, 'utf8'), 'new');
  assert.equal(await readlink(link), target);
});
