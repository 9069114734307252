/** Who else can get at the sign-ins: told at start, and kept as it was when root writes. */
import assert from 'node:assert/strict';
import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findLoosePermissions } from '../../lib/auth/file-permissions.ts';
import { writeFileAtomic } from '../../lib/storage/atomic-file.ts';
import { ownerToKeep } from '../../lib/storage/keep-owner.ts';
import { createHarness } from '../support/index.ts';
import { makeDirectory } from './support.ts';

test('a file or a directory that is open to everyone is told, with the command that closes it', async (t) => {
  const directory = await makeDirectory(t);
  const path = join(directory, 'auth.json');
  assert.deepEqual(await findLoosePermissions(path), []);
  await writeFile(path, '{}', { mode: 0o600 });
  for (const [mode, expected] of [
    [0o600, undefined],
    [0o660, undefined],
    [0o604, /CAN READ THE SIGN-INS in .*`chmod 600 .*auth\.json`/],
    [0o606, /CAN WRITE THE SIGN-INS/],
  ] as const) {
    await chmod(path, mode);
    const warnings = await findLoosePermissions(path);
    if (expected) assert.match(warnings.join(), expected);
    else assert.deepEqual(warnings, [], mode.toString(8));
  }
  await chmod(path, 0o600);
  await chmod(directory, 0o777);
  assert.match((await findLoosePermissions(path)).join(), /CAN REPLACE THE SIGN-INS.*`chmod 700 /);
});

test('it is in the log of the start', async (t) => {
  const h = await createHarness(t);
  assert.deepEqual(
    h.logs.filter(({ message }) => String(message).includes('SIGN-INS')),
    [],
  );
  await chmod(join(h.dataDir, 'auth.json'), 0o644);
  const loose = await findLoosePermissions(join(h.dataDir, 'auth.json'));
  assert.equal(loose.length, 1);
});

test('what root writes belongs to whom it belonged to', async (t) => {
  const directory = await makeDirectory(t);
  const path = join(directory, 'auth.json');
  if (process.getuid?.() !== 0) {
    // Only root may give files away, so nobody else tries to.
    await writeFileAtomic(path, 'new');
    assert.equal(await ownerToKeep(path), undefined);
    return;
  }
  await chown(directory, 1234, 1235);
  await writeFileAtomic(path, 'first');
  const ownerOf = async (name: string) => {
    const { uid, gid } = await stat(name);
    return [uid, gid];
  };
  assert.deepEqual(await ownerOf(path), [1234, 1235], 'as its directory');
  await chown(path, 1236, 1237);
  await writeFileAtomic(path, 'second');
  assert.deepEqual(await ownerOf(path), [1236, 1237], 'as it was');

  await mkdir(join(directory, 'home'));
  await chown(join(directory, 'home'), 1238, 1239);
  const deep = join(directory, 'home/.local/share/opencompat/auth.json');
  await writeFileAtomic(deep, 'third');
  for (const name of ['.local', '.local/share', '.local/share/opencompat', '.local/share/opencompat/auth.json']) {
    assert.deepEqual(await ownerOf(join(directory, 'home', name)), [1238, 1239], name);
  }
});
