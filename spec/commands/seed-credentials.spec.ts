/** The command as a pod's init container runs it. What it decides is in spec/auth/credential-seed.spec.ts. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeDirectory } from '../auth/support.ts';
import { runCommand } from '../support/commands.ts';
import { processEnv } from '../support/process-env.ts';

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const { out, err, status } = await runCommand(args, { env: { ...processEnv, ...env } });
  assert.doesNotMatch(out + err, /rt_/, 'no token is ever said');
  return { out, err, status };
}

test('seeds the data directory, says what it did, and is not in the list of commands', async (t) => {
  const directory = await makeDirectory(t);
  const seed = join(directory, 'secret.json');
  const seedInto = () => run(['seed-credentials', '--from', seed], { XDG_DATA_HOME: join(directory, 'data') });

  assert.match((await seedInto()).out, /^There is no file .*secret\.json; the server starts/);
  await writeFile(seed, '{}');
  assert.match((await seedInto()).out, /holds no sign-in/);
  await writeFile(seed, '{"version":1,"chatgpt":{"refresh_token":"rt_1"}}');
  assert.match((await seedInto()).out, /^Took over the sign-in to ChatGPT from /);
  const file = join(directory, 'data/opencompat/auth.json');
  assert.equal(JSON.parse(await readFile(file, 'utf8')).chatgpt.refresh_token, 'rt_1');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const again = await seedInto();
  assert.equal(again.status, 0);
  assert.match(again.out, /is the one seen before/);

  await writeFile(seed, '{"rt_');
  const broken = await seedInto();
  assert.equal(broken.status, 1);
  assert.match(broken.err, /secret\.json is not valid JSON/);

  assert.doesNotMatch((await run(['help'])).out, /seed-credentials/);
  assert.match((await run(['seed-credentials'])).err, /required option '--from <file>'/);
});
