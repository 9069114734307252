import assert from 'node:assert/strict';
import test from 'node:test';
import { OpenCompatError } from '../../lib/errors.ts';
import { describeAlias, isOdd, reportAliases } from '../../lib/models/alias-report.ts';
import { type Aliases, listModels, resolveModels } from '../../lib/models/resolve.ts';
import type { ModelInfo, Provider } from '../../lib/providers/provider.ts';

function info(id: string, more: Partial<ModelInfo> = {}): ModelInfo {
  return { id, createdS: 0, ownedBy: 'someone', efforts: ['low', 'medium', 'high'], ...more };
}

function provider(name: string, models: ModelInfo[], more: Partial<Provider> = {}): Provider {
  return { name, models: () => models, readiness: () => ({ isReady: true }), ...more } as Provider;
}

const chatgpt = provider(
  'chatgpt',
  [info('gpt-5'), info('gpt-5.1-codex-max'), info('gpt-5.1-codex'), info('secret', { isHidden: true })],
  { unlistedModel: (id) => info(id) },
);
const other = provider('other', [info('gpt-5'), info('org/llama'), info('plain', { efforts: [] }), info('gpt-4o')]);
const providers = [chatgpt, other];
const aliases = {
  smart: 'gpt-5-high',
  smarter: 'smart',
  loop: 'pool',
  pool: 'loop',
  new: 'chatgpt/gpt-9',
  'gpt-4o': 'chatgpt/gpt-5',
  'gpt-5.1-codex': ['gpt-5.1-codex', 'gpt-5'],
  'mini-*': 'gpt-5.1-codex',
  'mini-*-2*': 'gpt-5-low',
  '*-mini-*': ['nowhere', 'gpt-5'],
  'round-*': 'round-again',
};

function resolveModel(name: string, among: readonly Provider[], aliasesOf: Aliases) {
  return resolveModels(name, among, { aliases: aliasesOf, modelStandIns: true })[0]!;
}

function resolve(name: string) {
  const { provider: found, id, effort, requested } = resolveModel(name, providers, aliases);
  assert.equal(requested, name);
  return [found.name, id, effort].filter(Boolean).join(' ');
}

const cases: [name: string, resolved: string][] = [
  ['gpt-5', 'chatgpt gpt-5'],
  ['chatgpt/gpt-5', 'chatgpt gpt-5'],
  ['gpt-4o', 'chatgpt gpt-5'],
  ['gpt-4o-high', 'chatgpt gpt-5 high'],
  ['gpt-4o:latest', 'chatgpt gpt-5'],
  ['other/gpt-4o', 'other gpt-4o'],
  ['gpt-5.1-codex', 'chatgpt gpt-5.1-codex'],
  ['ChatGPT/gpt-5', 'chatgpt gpt-5'],
  ['other/gpt-5', 'other gpt-5'],
  ['org/llama', 'other org/llama'],
  ['other/org/llama', 'other org/llama'],
  ['secret', 'chatgpt secret'],
  ['gpt-5-high', 'chatgpt gpt-5 high'],
  ['gpt-5:low', 'chatgpt gpt-5 low'],
  ['chatgpt/gpt-5-xhigh', 'chatgpt gpt-5 xhigh'],
  ['gpt-5:latest', 'chatgpt gpt-5'],
  ['gpt-5-high:latest', 'chatgpt gpt-5 high'],
  ['gpt-5.1-codex-max', 'chatgpt gpt-5.1-codex-max'],
  ['gpt-5.1-codex-max-low', 'chatgpt gpt-5.1-codex-max low'],
  ['smart', 'chatgpt gpt-5 high'],
  ['smarter', 'chatgpt gpt-5 high'],
  ['smarter-low', 'chatgpt gpt-5 low'],
  ['new', 'chatgpt gpt-9'],
  ['chatgpt/anything-new', 'chatgpt anything-new'],
  ['gpt-5[1m]', 'chatgpt gpt-5'],
  // Aliases with `*`: the longest that fits, and behind everything else.
  ['mini-', 'chatgpt gpt-5.1-codex'],
  ['mini-1', 'chatgpt gpt-5.1-codex'],
  ['mini-1-20', 'chatgpt gpt-5 low'],
  ['mini-x-20-y', 'chatgpt gpt-5 low'],
  ['a-mini-b', 'chatgpt gpt-5'],
  ['chatgpt/a-mini-b', 'chatgpt a-mini-b'],
  ['mini-1:latest', 'chatgpt gpt-5.1-codex'],
  // Anthropic's names, which nobody here serves.
  ['claude-opus-4-5', 'chatgpt gpt-5'],
  ['claude-opus-4-5[1m]', 'chatgpt gpt-5'],
];
for (const [name, resolved] of cases) test(`${name} → ${resolved}`, () => assert.equal(resolve(name), resolved));

const unknown = [
  '',
  'nothing',
  'gpt-5-',
  'gpt-5high',
  '-high',
  'plain-high',
  'other/new',
  'chatgpt/',
  'loop',
  'constructor',
  'round-1',
  'min-1',
  'a-mini',
];
for (const name of [...unknown, 'gpt-5'.repeat(100_000)]) {
  test(`${name.slice(0, 20) || 'an empty name'} is not found`, () => {
    assert.throws(
      () => resolve(name),
      (error) => {
        assert.ok(error instanceof OpenCompatError);
        assert.equal(error.code, 'OC_MODEL_NOT_FOUND');
        assert.equal(error.status, 404);
        assert.equal(error.public.code, 'model_not_found');
        assert.ok(error.message.length < 600);
        return true;
      },
    );
  });
}

test('an unknown name is answered with up to three near ones', () => {
  assert.throws(() => resolve('gtp-5'), /Did you mean `gpt-5`/);
  assert.throws(() => resolve('other/lama'), /Did you mean .*`plain`/);
  const many = provider(
    'many',
    ['one1', 'one2', 'one3', 'one4', 'two'].map((id) => info(id)),
  );
  assert.throws(() => resolveModel('one', [many], {}), /Did you mean `one1` or `one2` or `one3`\?$/);
  assert.throws(() => resolveModel('something else', [many], {}), /GET \/v1\/models lists/);
});

test('lists each plain id once, in the order of the providers, and a prefixed id where it is taken', () => {
  const ids = listModels(providers).map(({ id }) => id);
  assert.deepEqual(ids, ['gpt-5', 'gpt-5.1-codex-max', 'gpt-5.1-codex', 'other/gpt-5', 'org/llama', 'plain', 'gpt-4o']);
  for (const listed of listModels(providers)) {
    assert.equal(resolveModel(listed.id, providers, {}).provider, listed.provider);
  }
});

test('an alias with `*` is no name to suggest', () => {
  assert.throws(
    () => resolve('min-1'),
    (error: Error) => !error.message.includes('*'),
  );
});

test('an alias that leads nowhere says so, and is no name to suggest', () => {
  const aliases = { broken: 'gone', loop: 'loop2', loop2: 'loop', fine: 'gpt-5' };
  assert.throws(
    () => resolveModel('broken', providers, aliases),
    /The model `broken` .* It is an alias, and no target of it \(`gone`\) is served here\./,
  );
  for (const name of ['loop', 'broken', 'loop2']) {
    assert.throws(
      () => resolveModel(name, providers, aliases),
      (error: Error) => !error.message.includes('Did you mean'),
    );
  }
  assert.throws(() => resolveModel('fin', providers, aliases), /Did you mean `fine`/);
  assert.throws(
    () => resolveModel('lop2', providers, aliases),
    (error: Error) => !error.message.includes('loop'),
  );
});

test('an alias of the very name counts before every list, and the list shows who stands behind it', () => {
  const overruling = { 'gpt-5': 'other/plain', gone: 'nowhere', both: ['org/llama', 'gpt-9'], 'x-*': 'gpt-5' };
  assert.equal(resolveModel('gpt-5', providers, overruling).id, 'plain');
  const listed = listModels(providers, overruling).map(({ id, provider: { name } }) => `${id} of ${name}`);
  assert.ok(listed.includes('gpt-5 of other') && listed.includes('chatgpt/gpt-5 of chatgpt'), listed.join());
  assert.equal(new Set(listed).size, listed.length);
  assert.throws(() => resolveModel('gone', providers, { ...overruling, gone: 'nowhere' }), /It is an alias/);
  const twice = { 'gpt-5': 'nowhere' };
  assert.throws(() => resolveModel('gpt-5', providers, twice), /It is an alias/, 'no list stands in for it in silence');

  const reports = reportAliases(providers, overruling).map((report) => [describeAlias(report), isOdd(report)]);
  assert.deepEqual(reports, [
    ['gpt-5 → other/plain (the alias counts, not chatgpt/gpt-5, other/gpt-5)', true],
    ['gone → leads nowhere (nobody here serves `nowhere`)', true],
    ['both → other/org/llama (nobody here serves `gpt-9`)', true],
    ['x-* → other/plain', false],
  ]);
});

test('a name with the prefix of a provider that is not here is told so', () => {
  assert.throws(
    () => resolveModel('openai/gpt-5', providers, {}),
    /There is no provider `openai` \(there are `chatgpt`, `other`\)\. Did you mean `gpt-5`/,
  );
  assert.throws(
    () => resolveModel('org/lama', providers, {}),
    (error: Error) => /Did you mean/.test(error.message),
  );
});

test('a pattern of many parts costs no more than one walk along the name', () => {
  const costly = { [`${'*a'.repeat(2000)}*b`]: 'gpt-5' };
  const before = process.cpuUsage();
  assert.throws(() => resolveModel('a'.repeat(200), providers, costly), OpenCompatError);
  assert.ok(process.cpuUsage(before).user / 1000 < 1000);
});

test('for OpenAI’s well-known names stands one of the same line and size, unless that is switched off', () => {
  const plan = provider('chatgpt', [info('gpt-5.5'), info('gpt-5.4-mini'), info('gpt-5.3-codex'), info('gpt-4.1')]);
  const standIn = (name: string, ...among: Provider[]) => {
    const found = resolveModel(name, among.length > 0 ? among : [plan], {});
    return [found.id, found.effort].filter(Boolean).join(' ');
  };
  for (const [name, id] of [
    ['gpt-5', 'gpt-5.5'],
    ['gpt-4o', 'gpt-5.5'],
    ['o3', 'gpt-5.5'],
    ['gpt-5-pro', 'gpt-5.5'],
    ['gpt-6.2-astra', 'gpt-5.5'],
    ['gpt-6.2-astra-law', 'gpt-5.5'],
    ['gpt-6.2-sol', 'gpt-5.5'],
    ['gpt-5-high', 'gpt-5.5 high'],
    ['gpt-5:latest', 'gpt-5.5'],
    ['gpt-4o-mini-2024-07-18', 'gpt-5.4-mini'],
    ['gpt-5-nano', 'gpt-5.4-mini'],
    ['gpt-5-mini-low', 'gpt-5.4-mini low'],
    ['gpt-5-codex', 'gpt-5.3-codex'],
    ['gpt-5.1-codex-max', 'gpt-5.3-codex'],
    ['gpt-4.1-2025-04-14', 'gpt-4.1'],
    ['chatgpt-4o-latest', 'gpt-5.5'],
  ] as const) {
    assert.equal(standIn(name), id, name);
  }
  assert.equal(standIn('gpt-4o-mini', provider('box', [info('llama'), info('qwen-small')])), 'qwen-small');
  assert.equal(standIn('gpt-4o', provider('box', [info('qwen-small'), info('llama')])), 'llama');
  assert.ok(resolveModel('gpt-5', [plan], {}).isStandIn);
  for (const name of [
    'gpt-7',
    'gpt-5-huge',
    'gpt-4o-transcribe',
    'text-embedding-3-small',
    'chatgpt5',
    'openai/gpt-5',
  ]) {
    assert.throws(() => standIn(name), OpenCompatError, name);
  }
  // What the operator wrote is meant: no other model stands in for an alias or its targets.
  assert.equal(resolveModel('gpt-4o', [plan], { 'gpt-4o': 'gpt-4.1' }).id, 'gpt-4.1');
  assert.throws(() => resolveModel('fast', [plan], { fast: 'gpt-4o' }), OpenCompatError);
  const off = { aliases: {}, modelStandIns: false };
  for (const name of ['gpt-5', 'claude-sonnet-4-5']) {
    assert.throws(() => resolveModels(name, [plan], off), OpenCompatError);
  }
});

test('for Anthropic’s names stands the same model, else one of the family, else a small one for a small one', () => {
  const copilot = provider('copilot', [
    info('gpt-4.1'),
    info('text-embedding', { purpose: 'embeddings' }),
    info('claude-sonnet-4'),
    info('claude-sonnet-4.5'),
    info('claude-opus-4.1'),
    info('gpt-5-mini'),
  ]);
  const standIn = (name: string, ...more: Provider[]) => resolveModel(name, [...more, copilot], {}).id;
  assert.equal(standIn('claude-sonnet-4-5-20250929'), 'claude-sonnet-4.5');
  assert.equal(standIn('claude-sonnet-4-5-latest'), 'claude-sonnet-4.5');
  assert.equal(standIn('claude-sonnet-9'), 'claude-sonnet-4');
  assert.equal(standIn('claude-opus-9'), 'claude-opus-4.1');
  assert.equal(standIn('claude-3-haiku-20240307'), 'gpt-5-mini');
  assert.equal(standIn('claude-future'), 'gpt-4.1');
  const asleep = provider('asleep', [info('claude-opus-9')], { readiness: () => ({ isReady: false }) });
  assert.equal(standIn('claude-opus-9-20270101', asleep), 'claude-opus-4.1');
  assert.equal(resolveModel('claude-haiku-9', [asleep], {}).id, 'claude-opus-9');
  const embeddings = provider('embeddings', [info('text-embedding', { purpose: 'embeddings' })]);
  assert.throws(() => resolveModel('claude-haiku-9', [embeddings], {}), OpenCompatError);
});
