/** Which providers there are, in which order, by what the configuration says of them. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../../lib/config/load.ts';
import { planProviders } from '../../lib/providers/plan.ts';
import { createBoxHarness, startFake } from '../support/box-harness.ts';

async function planned(t: TestContext, yaml: string, env: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'opencompat-registry-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const file = join(home, 'opencompat.config.yaml');
  writeFileSync(file, yaml);
  const { config } = loadConfig({ cwd: home, env: { HOME: home, ...env }, flags: { config: file }, isTerminal: false });
  return (await planProviders(config)).providers;
}

/** Those that every installation has, in their default order. */
const usual = async (t: TestContext) => (await planned(t, '')).map(({ name }) => name);

test('without a configuration: the built-in ones, the demo last', async (t) => {
  const names = await usual(t);
  assert.equal(names[0], 'chatgpt');
  assert.equal(names.at(-1), 'demo');
  assert.ok(!names.includes('openai-compatible'));
});

test('the named ones come first, in their order; built-in ones where they are named, or not at all', async (t) => {
  const yaml = [
    'providers:',
    '  box: { type: openai-compatible, baseURL: "http://a" }',
    '  demo: {}',
    '  other: { type: openai-compatible, baseURL: "http://b", enabled: false }',
    '  last: { type: openai-compatible, baseURL: "http://c" }',
  ].join('\n');
  const others = (await usual(t)).filter((name) => name !== 'demo');
  const names = async (text: string) => (await planned(t, text)).map(({ name }) => name);
  assert.deepEqual(await names(yaml), ['box', 'demo', 'last', ...others]);
  assert.deepEqual(await names('providers: { chatgpt: { type: chatgpt, enabled: false } }'), [
    ...others.filter((name) => name !== 'chatgpt'),
    'demo',
  ]);
});

test('OpenAI’s keys without a file: behind what costs nothing more, before the demo', async (t) => {
  const names = [...(await usual(t)).slice(0, -1), 'openai', 'demo'];
  const plan = await planned(t, '', { OPENCOMPAT_OPENAI_API_KEY: 'sk-x' });
  assert.deepEqual(
    plan.map(({ name }) => name),
    names,
  );
  const { options } = plan.find(({ name }) => name === 'openai')!;
  assert.deepEqual(options, { baseURL: 'https://api.openai.com/v1', apiKey: 'sk-x', responses: 'auto' });
  const [local] = (await planned(t, 'openaiBaseUrl: http://localhost:1234/v1')).filter(({ name }) => name === 'openai');
  assert.deepEqual(local!.options, { baseURL: 'http://localhost:1234/v1', responses: 'auto' });
});

test('the example of the README', async (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const yaml = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map(([, text]) => text!)
    .find((text) => text.includes('ollama:'))!;
  const plan = await planned(t, yaml, { GPU_BOX_KEY: 'a', OPENROUTER_API_KEY: 'b' });
  assert.deepEqual(
    plan.slice(0, 4).map(({ name }) => name),
    ['ollama', 'gpu-box', 'openrouter', 'chatgpt'],
  );
  assert.equal(plan[1]!.options.apiKey, 'a');
  assert.equal(plan[1]!.options.timeout, 600);
});

test('the first that has a model of the name is asked; one that cannot answer comes behind', async (t) => {
  const other = await startFake(t, { models: ['gpt-5.5', 'fake-model'] });
  const providers = { other: { type: 'openai-compatible', baseURL: other.url } };
  const ask = async (h: Awaited<ReturnType<typeof createBoxHarness>>, model: string) => {
    await h.fetch('/v1/models');
    const { response } = await h.client.chat.completions
      .create({ model, messages: [{ role: 'user', content: 'Hello' }] })
      .withResponse();
    return response.headers.get('x-opencompat-model');
  };
  const signedIn = await createBoxHarness(t, { providers, isSignedIn: true });
  assert.equal(await ask(signedIn, 'fake-model'), 'box/fake-model');
  assert.equal(await ask(signedIn, 'gpt-5.5'), 'other/gpt-5.5');
  const chatGptFirst = await createBoxHarness(t, { providers: { chatgpt: {}, ...providers }, isSignedIn: true });
  assert.equal(await ask(chatGptFirst, 'gpt-5.5'), 'chatgpt/gpt-5.5');
  const signedOut = await createBoxHarness(t, { providers: { chatgpt: {}, ...providers } });
  assert.equal(await ask(signedOut, 'gpt-5.5'), 'other/gpt-5.5');
});

test('with a server configured the demo is not served, unless it is asked for', async (t) => {
  const idsOf = async (config: object) => {
    const h = await createBoxHarness(t, { config });
    const { data } = (await (await h.fetch('/v1/models')).json()) as { data: { id: string }[] };
    return data.map(({ id }) => id);
  };
  assert.ok(!(await idsOf({})).includes('demo'));
  assert.ok((await idsOf({ demo: true })).includes('demo'));
});
