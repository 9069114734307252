/** `opencompat plugin`: what `new` writes passes `check`, and `check` finds what is wrong. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeDirectory } from '../auth/support.ts';
import { runCommand } from '../support/commands.ts';

const env = { HOME: '/nonexistent', LANG: 'en_US.UTF-8' };

/** Of each kind, the language whose files are checked: those of the other one differ by their types alone. */
describe('what `plugin new` writes passes its check at once', { concurrency: true }, () => {
  for (const { kind, checked } of [
    { kind: [], checked: 'ts' },
    { kind: ['--provider'], checked: 'js' },
  ]) {
    test(`${kind.join(' ') || 'a middleware'}, ${checked}`, async (t) => {
      const cwd = await makeDirectory(t);
      const languages = [[], ['--js']];
      for (const flags of languages) await mkdir(join(cwd, flags.join('')), { recursive: true });
      const [typed, plain] = await Promise.all(
        languages.map(async (flags) => {
          const folder = join(cwd, flags.join(''));
          const make = () => runCommand(['plugin', 'new', 'my-plugin', ...kind, ...flags], { env, cwd: folder });
          const made = await make();
          assert.equal(made.status, 0, made.err);
          assert.equal((await make()).status, 2);
          return join(folder, 'my-plugin');
        }),
      );
      for (const name of ['my-plugin', 'my-plugin.test']) {
        const [withTypes, without] = await Promise.all([
          readFile(join(typed!, `${name}.ts`), 'utf8'),
          readFile(join(plain!, `${name}.js`), 'utf8'),
        ]);
        const bare = stripTypeScriptTypes(withTypes).replaceAll('my-plugin.ts', 'my-plugin.js');
        assert.equal(without.replace(/\s+/g, ''), bare.replace(/\s+/g, ''));
      }
      const { status, out } = await runCommand(['plugin', 'check', checked === 'ts' ? typed! : plain!], { env, cwd });
      assert.equal(status, 0, out);
      assert.match(out, new RegExp(`ok +tests +passed: my-plugin\\.test\\.${checked}`));
      for (const api of ['Chat Completions', 'Completions', 'Responses', 'Messages', 'Ollama']) {
        assert.match(out, new RegExp(`ok +chain +${api}, streamed and whole, answered and refused`));
      }
    });
  }
});

async function check(t: import('node:test').TestContext, body: string, head = '', res = '_res') {
  const cwd = await makeDirectory(t);
  const source = `import { defineMiddleware } from 'opencompat';
    export default defineMiddleware({ name: 'bad', ${head} create: () => (req, ${res}, next) => { ${body} } });`;
  await writeFile(join(cwd, 'bad.mjs'), source);
  const { status, out, err } = await runCommand(['plugin', 'check', 'bad.mjs'], { env, cwd });
  return { status, text: out + err };
}

test('events that are swallowed are noted, wherever the plugin stands', async (t) => {
  const { status, text } = await check(
    t,
    'req.exchange.onEvent((event, emit) => { if (!event.type.includes("reasoning")) emit(event); }); next();',
    'before: ["client-auth"], ',
  );
  assert.equal(status, 0, text);
  assert.match(text, /none of \d+ response\.reasoning_summary_text\.delta went on/);
});

test('what a plugin changes in the texts of answers is told beside what they say without it', async (t) => {
  const [changed, kept] = await Promise.all([
    check(t, 'req.exchange.onText((text) => text.replaceAll("demo", "omed")); next();'),
    check(t, 'next();'),
  ]);
  assert.equal(changed.status, 0, changed.text);
  assert.match(changed.text, /-- +texts +it changes what Chat Completions, .*Ollama says: ".*demo.*" became ".*omed/);
  assert.match(kept.text, /ok +texts +answers say the same as without it/);
});

test('a plugin that spoils refusals fails the check', async (t) => {
  const { status, text } = await check(
    t,
    'if (req.exchange.body.model.startsWith("there")) res.status(404).send("gone"); else next();',
    'before: ["validate"], ',
    'res',
  );
  assert.equal(status, 1, text);
  assert.match(text, /FAILED +chain +Chat Completions: its refusal \(HTTP 404\) is not JSON/);
});

test('a plugin that fails, or whose options have no usable schema, fails the check', async (t) => {
  const [throwing, unneeded, uneven] = await Promise.all([
    check(t, 'throw new Error("out of ponies");'),
    check(t, 'next();', 'options: { type: "object", required: ["word"] },'),
    check(t, 'if (req.exchange.isStreaming) req.exchange.onText((text) => text + "!"); next();'),
  ]);
  assert.equal(throwing.status, 1);
  assert.match(throwing.text, /FAILED +chain +Messages: HTTP 500/);
  assert.equal(unneeded.status, 1, unneeded.text);
  assert.match(unneeded.text, /FAILED +schema +options\.word/);
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

test('a file that is not there is named', async (t) => {
  const cwd = await makeDirectory(t);
  for (const command of [['plugin', 'check'], ['replay']]) {
    const { status, err } = await runCommand([...command, 'nosuch.ts'], { env, cwd });
    assert.notEqual(status, 0);
    assert.match(err, /there is no file or folder \S*nosuch\.ts/i);
    assert.doesNotMatch(err, /ENOENT/);
  }
});
