/** `opencompat plugin`: what `new` writes passes `check`, and `check` finds what is wrong. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeDirectory } from '../auth/support.ts';
import { runCommand } from '../support/commands.ts';

const env = { HOME: '/nonexistent', LANG: 'en_US.UTF-8' };

for (const flags of [[], ['--provider'], ['--js'], ['--js', '--provider']]) {
  test(`what \`plugin new ${flags.join(' ')}\` writes passes its check at once`, async (t) => {
    const cwd = await makeDirectory(t);
    const made = await runCommand(['plugin', 'new', 'my-plugin', ...flags], { env, cwd });
    assert.equal(made.status, 0, made.err);
    const again = await runCommand(['plugin', 'new', 'my-plugin', ...flags], { env, cwd });
    assert.equal(again.status, 2);
    const { status, out } = await runCommand(['plugin', 'check', 'my-plugin'], { env, cwd });
    assert.equal(status, 0, out);
    assert.match(out, /ok +tests +passed: my-plugin\.test\.[jt]s/);
    for (const api of ['Chat Completions', 'Completions', 'Responses', 'Messages', 'Ollama']) {
      assert.match(out, new RegExp(`ok +chain +${api}, streamed and whole`));
    }
  });
}

async function check(t: import('node:test').TestContext, body: string, head = '') {
  const cwd = await makeDirectory(t);
  const source = `import { defineMiddleware } from 'opencompat';
    export default defineMiddleware({ name: 'bad', ${head} create: () => (req, _res, next) => { ${body} } });`;
  await writeFile(join(cwd, 'bad.mjs'), source);
  const { status, out, err } = await runCommand(['plugin', 'check', 'bad.mjs'], { env, cwd });
  return { status, text: out + err };
}

test('events that are swallowed and hooks that are never called are noted', async (t) => {
  const swallowing = await check(
    t,
    'req.exchange.onEvent((event, emit) => { if (!event.type.includes("reasoning")) emit(event); }); next();',
  );
  assert.equal(swallowing.status, 0, swallowing.text);
  assert.match(swallowing.text, /none of \d+ response\.reasoning_summary_text\.delta went on/);
  const unused = await check(t, 'next();', 'before: ["client-auth"], ');
  assert.equal(unused.status, 0, unused.text);
});

test('a plugin that fails, or whose options have no usable schema, fails the check', async (t) => {
  const throwing = await check(t, 'throw new Error("out of ponies");');
  assert.equal(throwing.status, 1);
  assert.match(throwing.text, /FAILED +chain +Messages: HTTP 500/);
  const unneeded = await check(t, 'next();', 'options: { type: "object", required: ["word"] },');
  assert.equal(unneeded.status, 1, unneeded.text);
  assert.match(unneeded.text, /FAILED +schema +options\.word/);
  const uneven = await check(t, 'if (req.exchange.isStreaming) req.exchange.onText((text) => text + "!"); next();');
  assert.equal(uneven.status, 1);
  assert.match(uneven.text, /streamed it says .*!.*, whole/);
});

test('installed plugins are listed, with those in use', async (t) => {
  const cwd = await makeDirectory(t);
  for (const [name, keywords] of [
    ['one', ['opencompat-plugin']],
    ['@someone/two', ['opencompat-plugin']],
    ['other', []],
  ] as const) {
    const folder = join(cwd, 'node_modules', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', keywords }));
  }
  const config = join(cwd, 'opencompat.config.yaml');
  await writeFile(config, 'middleware:\n  - plugin: one\n');
  const listed = await runCommand(['--config', config, 'plugin', 'list', '--json'], { env, cwd });
  assert.deepEqual(
    JSON.parse(listed.out).map(({ name, isInUse }: { name: string; isInUse: boolean }) => [name, isInUse]),
    [
      ['@someone/two', false],
      ['one', true],
    ],
    listed.err,
  );
});
