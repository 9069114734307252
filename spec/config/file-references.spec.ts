/** `${file:PATH}` in the configuration: secrets that stand in files of their own, and change there. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration file's references look like templates
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../../lib/config/load.ts';
import { createConfigReport, formatConfigReport } from '../../lib/config/report.ts';
import { ConfigError } from '../../lib/options/faults.ts';
import { createFakeOpenAiServer } from '../support/fake-openai-server.ts';
import { createHarness } from '../support/index.ts';

function load(t: TestContext, files: Record<string, string>) {
  const home = mkdtempSync(join(tmpdir(), 'opencompat-config-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
  return loadConfig({ env: { HOME: home }, cwd: home, flags: { config: 'opencompat.config.yaml' } });
}

test('a reference is the text of the file, a list where the key is one, and printed as it was written', (t) => {
  const loaded = load(t, {
    'opencompat.config.yaml':
      'apiKeys: "${file:keys}"\nopenaiApiKey: "${file:./key.txt}"\nopenaiBaseUrl: "http://${file:host}:1/v1"\n',
    keys: 'one\r\ntwo\n',
    'key.txt': ' sk-1 \n',
    host: 'box.lan',
  });
  const { config } = loaded;
  assert.deepEqual(
    config.apiKeys.map((key) => key.reveal()),
    ['one', 'two'],
  );
  assert.equal(config.openaiApiKey?.reveal(), 'sk-1');
  assert.equal(config.openaiBaseUrl, 'http://box.lan:1/v1');
  const printed = formatConfigReport(createConfigReport(loaded));
  assert.match(printed, /openaiBaseUrl: http:\/\/\$\{file:host\}:1\/v1/);
  assert.doesNotMatch(printed, /sk-1|two/);
});

test('a file that is not there, or is empty, is a fault with its line', (t) => {
  const files = {
    'opencompat.config.yaml': 'verbose: false\napiKeys: ["${file:none}", "${file:empty}"]\n',
    empty: '\n',
  };
  assert.throws(
    () => load(t, files),
    (error) =>
      error instanceof ConfigError &&
      /yaml:2 {2}apiKeys\[0\].*refers to the file \S+none, which does not exist/.test(error.message) &&
      /yaml:2 {2}apiKeys\[1\].*refers to the file \S+empty, which is empty/.test(error.message),
  );
});

test('a key that is changed in its file counts after a reload, and so does the text of the instructions', async (t) => {
  const box = await createFakeOpenAiServer({ models: ['llama'] });
  t.after(() => box.close());
  const folder = mkdtempSync(join(tmpdir(), 'opencompat-secrets-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [keyFile, textFile] = [join(folder, 'key'), join(folder, 'prompt.md')];
  writeFileSync(keyFile, 'first-key\n');
  writeFileSync(textFile, 'Be brief.');
  const h = await createHarness(t, {
    providers: {
      box: { type: 'openai-compatible', baseURL: box.url, apiKey: `\${file:${keyFile}}`, models: ['llama'] },
    },
    config: { instructions: 'file', instructionsFile: textFile },
  });
  const ask = async (model: string) => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
    await h.fetch('/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  };
  await ask('box/llama');
  assert.equal(box.requests.at(-1)!.headers.authorization, 'Bearer first-key');
  writeFileSync(keyFile, 'second-key\n');
  assert.deepEqual((await h.reload()).changes, ['providers.box changed']);
  await ask('box/llama');
  assert.equal(box.requests.at(-1)!.headers.authorization, 'Bearer second-key');

  writeFileSync(textFile, 'Be long.');
  assert.deepEqual((await h.reload()).changes, [textFile]);
  await ask('gpt-5.5');
  assert.match(JSON.stringify(h.upstream.last.body), /Be long\./);
});
