import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { run, setUp, write } from './support.ts';

const signIn = {
  version: 1,
  chatgpt: { refresh_token: 'rt_one', last_refresh: '2026-11-23T10:00:00Z' },
  copilot: null,
};

test('the data folder is listed as `ls -l` would, and what is in it is checked', async (t) => {
  const setup = await setUp(t);
  await write(setup.authFile, signIn);
  await chmod(setup.authFile, 0o600);
  const folder = dirname(setup.authFile);
  await mkdir(join(folder, 'responses'), { mode: 0o700 });
  await writeFile(join(folder, 'responses', 'index'), 'x'.repeat(1234), { mode: 0o640 });

  const { status, stdout, stderr } = await run(t, setup, 'data').ended;
  assert.equal(status, 0, stderr);
  const owner = `${process.getuid!()}:${process.getgid!()}`;
  const size = Buffer.byteLength(JSON.stringify(signIn));
  assert.ok(stdout.startsWith(`${folder}\n`), stdout);
  assert.match(stdout, new RegExp(`^-rw------- +${owner} +${size} +\\d{4}-\\d\\d-\\d\\dT[\\d:]+Z +auth\\.json$`, 'm'));
  assert.match(stdout, new RegExp(`^drwx------ +${owner} +- +\\S+ +responses/$`, 'm'));
  assert.match(stdout, new RegExp(`^-rw-r----- +${owner} +1234 +\\S+ +responses/index$`, 'm'));
  assert.match(stdout, /^ok +it can be written$/m);
  assert.match(stdout, /^ok +auth\.json holds a sign-in to ChatGPT, refreshed 2026-11-23T10:00:00\.000Z$/m);
  assert.doesNotMatch(stdout, /Copilot|failed/);
});

test('a folder that nobody has made yet is made, and holds no sign-in', async (t) => {
  const setup = await setUp(t);
  const { status, stdout } = await run(t, setup, 'data').ended;
  assert.equal(status, 0);
  assert.match(stdout, /^ok +there is no sign-in: `opencompat login` makes one$/m);
});

test('a file that is no credential file is named, without a word of what it holds', async (t) => {
  const setup = await setUp(t);
  await write(setup.authFile, {});
  await writeFile(setup.authFile, `{"chatgpt": "rt_half`);
  await chmod(setup.authFile, 0o600);
  const { status, stdout } = await run(t, setup, 'data').ended;
  assert.equal(status, 1);
  assert.match(stdout, /^failed +\S+auth\.json is not valid JSON/m);
  assert.match(stdout, /^-rw------- .* auth\.json$/m);
});

test('a sign-in that everyone can read is a failure', async (t) => {
  const setup = await setUp(t);
  await write(setup.authFile, signIn);
  await chmod(setup.authFile, 0o644);
  const { status, stdout } = await run(t, setup, 'data').ended;
  assert.equal(status, 1);
  assert.match(stdout, /^failed +EVERY USER OF THIS MACHINE CAN READ THE SIGN-INS/m);
});

test('a folder in which nothing can be written is a failure', async (t) => {
  const setup = await setUp(t);
  // A file where the folder should be: root too cannot write below it.
  await write(join(setup.home, 'data'), 'not a folder');
  const { status, stdout } = await run(t, setup, 'data').ended;
  assert.equal(status, 1);
  assert.match(stdout, /^failed +\S+auth\.json cannot be written \(E\w+\)/m);
});
