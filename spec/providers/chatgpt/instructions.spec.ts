import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { readCataloguePrompts } from '../../../lib/providers/chatgpt/codex-prompts.ts';
import { neutralInstructions, shippedInstructions } from '../../../lib/providers/chatgpt/instruction-texts.ts';
import { createInstructions, type InstructionsOptions } from '../../../lib/providers/chatgpt/instructions.ts';
import {
  cataloguePath,
  createCatalogue,
  createFakeGitHub,
  createFakeSite,
  type FakeSite,
  olderCataloguePath,
  promptPath,
  releasePagePath,
  releasePath,
} from '../../support/fake-github.ts';
import { createRecordingLog } from '../../support/recording-log.ts';

const startMs = Date.UTC(2026, 10, 23, 12);
const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

async function createTempDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'opencompat-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

interface Setup extends Partial<Omit<InstructionsOptions, 'config'>> {
  config?: Partial<InstructionsOptions['config']>;
}

/** Starts OpenCompat's instructions on a cache directory; call `restart` for another start on the same one. */
async function setUp(t: TestContext, github: Pick<FakeSite, 'url'>, { config, ...setup }: Setup = {}) {
  const cacheDir = join(await createTempDirectory(t), 'opencompat');
  const log = createRecordingLog();
  const clock = { nowMs: startMs };
  /** Requests that were begun; the site only knows of those that have arrived. */
  const begun = { count: 0 };
  const restart = (changes: Setup = {}) =>
    createInstructions({
      log,
      now: () => clock.nowMs,
      fetch: (...args) => {
        begun.count++;
        return fetch(...args);
      },
      ...setup,
      ...changes,
      config: {
        baseDir: cacheDir,
        cacheDir,
        file: undefined,
        githubApiUrl: github.url,
        githubRawUrl: github.url,
        githubUrl: github.url,
        instructions: 'codex',
        instructionsRefresh: 1440,
        instructionsTag: 'latest',
        ...config,
        ...changes.config,
      },
    });
  return { instructions: restart(), restart, begun, cacheDir, log, clock };
}

/** Where nobody listens: above the ports that systems hand out. */
const nowhere = { url: 'http://127.0.0.1:65535' };

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

test('with GitHub down and an empty cache, the shipped text serves at once', async (t) => {
  const { instructions, log } = await setUp(t, nowhere);
  assert.equal(instructions.textFor('gpt-5.5'), shippedInstructions);
  await assert.rejects(instructions.refresh(), { code: 'OC_UPSTREAM_UNREACHABLE', message: /GitHub.*ECONNREFUSED/ });
  assert.equal(instructions.textFor('gpt-5.5'), shippedInstructions);
  assert.equal(instructions.neutral, neutralInstructions);
  assert.deepEqual(
    log.lines.map(({ message }) => message),
    ['Codex’s instructions cannot be fetched; a shipped text stands in'],
  );
});

test('the first use of a missing text fetches it behind the scenes, and failures wait a minute', async (t) => {
  const github = await createFakeSite(t);
  const { instructions, begun, clock } = await setUp(t, github);
  instructions.textFor('gpt-5.5');
  assert.equal(begun.count, 1);
  await assert.rejects(instructions.refresh(), { code: 'OC_UPSTREAM_ERROR', message: /main has no instruction texts/ });
  const { count } = begun;
  instructions.textFor('gpt-5.5');
  clock.nowMs += 59_000;
  instructions.textFor('gpt-5.5');
  assert.equal(begun.count, count);

  github.set(cataloguePath('main'), { body: createCatalogue({ 'gpt-5.5': 'text' }) });
  clock.nowMs += 1000;
  assert.equal(instructions.textFor('gpt-5.5'), shippedInstructions);
  await instructions.refresh();
  assert.equal(instructions.textFor('gpt-5.5'), 'text');
});

test('a refresh interval of 0 asks GitHub for nothing', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  const { instructions, begun } = await setUp(t, github, { config: { instructionsRefresh: 0 } });
  assert.equal(instructions.textFor('gpt-5.5'), shippedInstructions);
  assert.equal(begun.count, 0);
});

test('the catalogue of the newest release gives each model its text', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v0.170.0', { 'gpt-6-sol': 'text of sol', 'gpt-5.5': 'text of 5.5' });
  const { instructions, restart, begun, cacheDir } = await setUp(t, github);
  await instructions.refresh();
  assert.deepEqual(github.paths, [releasePath, cataloguePath('rust-v0.170.0')]);
  assert.equal(instructions.textFor('gpt-5.5'), 'text of 5.5');
  assert.equal(instructions.textFor('gpt-9'), 'text of sol', 'a model unknown to Codex gets the foremost one’s');

  assert.deepEqual(await readJson(join(cacheDir, 'codex-models.json.meta.json')), {
    version: 'rust-v0.170.0',
    fetched_at: new Date(startMs).toISOString(),
    etag: '"rust-v0.170.0"',
  });
  assert.equal(restart().textFor('gpt-5.5'), 'text of 5.5', 'the next start reads the disk');
  assert.equal(begun.count, 2);
});

test('the personality’s place in a template takes the default one', () => {
  const { byModel } = readCataloguePrompts({
    models: [
      {
        slug: 'a',
        model_messages: {
          instructions_template: 'You are Codex.\n{{ personality }}\nKeep {{ other }} braces.',
          instructions_variables: { personality_default: 'Costs $& nothing.', personality_friendly: 'Hi!' },
        },
      },
      { slug: 'b', model_messages: { instructions_template: 'Plain.{{personality}}' } },
      { slug: 'c', base_instructions: 'Older form.' },
      { slug: 'd', model_messages: {}, base_instructions: '' },
      { base_instructions: 'nameless' },
      null,
    ],
  });
  assert.deepEqual(
    [...byModel],
    [
      ['a', 'You are Codex.\nCosts $& nothing.\nKeep {{ other }} braces.'],
      ['b', 'Plain.'],
      ['c', 'Older form.'],
    ],
  );
});

test('reading a catalogue never throws', () => {
  const entry = fc.record(
    {
      slug: fc.oneof(fc.string(), fc.jsonValue()),
      priority: fc.jsonValue(),
      base_instructions: fc.jsonValue(),
      model_messages: fc.oneof(
        fc.jsonValue(),
        fc.record({ instructions_template: fc.jsonValue(), instructions_variables: fc.jsonValue() }),
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ models: fc.array(fc.oneof(entry, fc.jsonValue())) })), (json) => {
      for (const [slug, text] of readCataloguePrompts(json).byModel) {
        assert.ok(slug.length > 0 && typeof text === 'string');
      }
    }),
  );
});

test('what has not changed is not sent again', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  const { instructions, restart, cacheDir, clock } = await setUp(t, github);
  await instructions.refresh();
  clock.nowMs += dayMs;
  const second = restart();
  await second.refresh();
  assert.deepEqual(
    github.requests.map(({ status }) => status),
    [200, 200, 200, 304],
  );
  assert.equal(second.textFor('gpt-5.5'), 'text');
  assert.deepEqual(await readJson(join(cacheDir, 'codex-models.json.meta.json')), {
    version: 'rust-v1',
    fetched_at: new Date(startMs + dayMs).toISOString(),
    etag: '"rust-v1"',
  });
});

test('a new release is asked for without the etag of the old one', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'old' });
  const { instructions } = await setUp(t, github);
  await instructions.refresh();
  github.set(releasePath, { body: { tag_name: 'rust-v2' } });
  github.set(cataloguePath('rust-v2'), { etag: '"rust-v1"', body: createCatalogue({ 'gpt-5.5': 'new' }) });
  await instructions.refresh();
  assert.equal(instructions.textFor('gpt-5.5'), 'new');
});

for (const status of [403, 429]) {
  test(`a ${status} of the release API keeps the last tag and waits for the reset`, async (t) => {
    const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
    const { instructions, clock } = await setUp(t, github);
    await instructions.refresh();
    const resetAtS = startMs / 1000 + 1800;
    github.set(releasePath, { status, body: { message: 'limit' }, headers: { 'x-ratelimit-reset': `${resetAtS}` } });
    await instructions.refresh();

    github.set(releasePath, { body: { tag_name: 'rust-v2' } });
    github.set(cataloguePath('rust-v2'), { body: createCatalogue({ 'gpt-5.5': 'new' }) });
    github.forget();
    clock.nowMs = resetAtS * 1000 - 1;
    await instructions.refresh();
    assert.deepEqual(github.paths, [releasePagePath, cataloguePath('rust-v1')], 'not asked before the reset');
    assert.equal(instructions.textFor('gpt-5.5'), 'text');

    clock.nowMs = resetAtS * 1000;
    await instructions.refresh();
    assert.equal(instructions.textFor('gpt-5.5'), 'new');
  });
}

test('a reset that is missing or absurd makes no endless wait', async (t) => {
  for (const headers of [{}, { 'x-ratelimit-reset': '99999999999' }, { 'x-ratelimit-reset': 'soon' }]) {
    const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
    github.set(releasePath, { status: 403, headers: headers as Record<string, string> });
    github.set(cataloguePath('main'), { body: createCatalogue({ 'gpt-5.5': 'main' }) });
    const { instructions, clock } = await setUp(t, github);
    await instructions.refresh();
    assert.equal(instructions.textFor('gpt-5.5'), 'main');
    github.set(releasePath, { body: { tag_name: 'rust-v1' } });
    clock.nowMs += dayMs;
    await instructions.refresh();
    assert.equal(instructions.textFor('gpt-5.5'), 'text');
  }
});

test('after a restart, the tag on disk is the last tag', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  const { instructions, restart } = await setUp(t, github);
  await instructions.refresh();
  github.set(releasePath, { status: 500 });
  github.forget();
  await restart().refresh();
  assert.deepEqual(github.paths, [releasePath, releasePagePath, cataloguePath('rust-v1')]);
});

test('where the release API does not say, the redirect of the release page does', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  github.set(releasePath, { status: 403 });
  github.set(releasePagePath, { status: 302, headers: { location: '/openai/codex/releases/tag/rust-v1' } });
  const { instructions } = await setUp(t, github);
  await instructions.refresh();
  assert.deepEqual(github.paths, [releasePath, releasePagePath, cataloguePath('rust-v1')]);
  assert.equal(instructions.textFor('gpt-5.5'), 'text');
});

test('a redirect to what is no release names no tag', async (t) => {
  for (const location of ['/login', '/openai/codex/releases/tag/..', '/openai/codex/releases/tag/a%2Fb']) {
    const github = await createFakeGitHub(t, 'rust-v1', {});
    github.set(releasePath, { status: 403 });
    github.set(releasePagePath, { status: 302, headers: { location } });
    github.set(cataloguePath('main'), { body: createCatalogue({ 'gpt-5.5': 'main' }) });
    const { instructions } = await setUp(t, github);
    await instructions.refresh();
    assert.equal(instructions.textFor('gpt-5.5'), 'main', location);
  }
});

test('a tag that is no tag is not made part of an address', async (t) => {
  const github = await createFakeGitHub(t, '../../other/repository', {});
  github.set(cataloguePath('main'), { body: createCatalogue({ 'gpt-5.5': 'main' }) });
  const { instructions } = await setUp(t, github);
  await instructions.refresh();
  assert.deepEqual(github.paths, [releasePath, releasePagePath, cataloguePath('main')]);
});

test('a pinned tag is taken without asking for the newest', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v9', { 'gpt-5.5': 'newest' });
  github.set(cataloguePath('rust-v1'), { body: createCatalogue({ 'gpt-5.5': 'pinned' }) });
  const { instructions } = await setUp(t, github, { config: { instructionsTag: 'rust-v1' } });
  await instructions.refresh();
  assert.deepEqual(github.paths, [cataloguePath('rust-v1')]);
  assert.equal(instructions.textFor('gpt-5.5'), 'pinned');
});

test('a release from before the catalogue moved is read where it was', async (t) => {
  const github = await createFakeSite(t);
  github.set(olderCataloguePath('rust-v1'), { body: createCatalogue({ 'gpt-5.3-codex': 'text' }) });
  const { instructions } = await setUp(t, github, { config: { instructionsTag: 'rust-v1' } });
  await instructions.refresh();
  assert.equal(instructions.textFor('gpt-5.3-codex'), 'text');
});

test('a release without a catalogue has a file for each family of models', async (t) => {
  const github = await createFakeSite(t);
  const tag = 'rust-v0.77.0';
  github.set(promptPath(tag, 'gpt_5_codex_prompt.md'), { etag: '"codex"', body: 'text of codex' });
  github.set(promptPath(tag, 'gpt_5_2_prompt.md'), { body: 'text of 5.2' });
  const { instructions, restart, cacheDir } = await setUp(t, github, { config: { instructionsTag: tag } });
  await instructions.refresh();
  assert.equal(instructions.textFor('gpt-5.1-codex-mini'), 'text of codex');
  assert.equal(instructions.textFor('gpt-5.2'), 'text of 5.2');
  assert.equal(instructions.textFor('gpt-5.1'), 'text of codex', 'whose own file is missing gets the general one');
  assert.equal(await readFile(join(cacheDir, 'gpt_5_2_prompt.md'), 'utf8'), 'text of 5.2');

  github.forget();
  await restart().refresh();
  assert.deepEqual(
    github.requests.filter(({ status }) => status !== 404).map(({ path, status }) => [path, status]),
    [
      [promptPath(tag, 'gpt_5_codex_prompt.md'), 304],
      [promptPath(tag, 'gpt_5_2_prompt.md'), 200],
    ],
  );
});

test('pinning an older release puts its files in the place of the catalogue, now and after a restart', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v9', { 'gpt-5.2': 'catalogue' });
  github.set(promptPath('rust-v1', 'gpt_5_2_prompt.md'), { body: 'file' });
  const { instructions, restart, clock } = await setUp(t, github);
  await instructions.refresh();
  clock.nowMs += hourMs;
  const pinned = restart({ config: { instructionsTag: 'rust-v1' } });
  await pinned.refresh();
  assert.equal(pinned.textFor('gpt-5.2'), 'file');
  assert.equal(restart().textFor('gpt-5.2'), 'file');
});

test('files that moved away in a new release leave the old texts in service', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  const { instructions } = await setUp(t, github);
  await instructions.refresh();
  github.set(releasePath, { body: { tag_name: 'rust-v2' } });
  await assert.rejects(instructions.refresh(), { code: 'OC_UPSTREAM_ERROR', message: /rust-v2.*instructionsTag/ });
  assert.equal(instructions.textFor('gpt-5.5'), 'text');
});

test('the cache of OpenCompat 1 is read', async (t) => {
  const { restart, cacheDir } = await setUp(t, nowhere);
  await mkdir(cacheDir, { recursive: true });
  await writeFile(join(cacheDir, 'gpt-5.2-codex_prompt.md'), 'text from before');
  await writeFile(
    join(cacheDir, 'gpt-5.2-codex_prompt.md.meta.json'),
    '{"version":"rust-v0.77.0","fetched_at":"2026-01-02T03:04:05.123456789+01:00"}',
  );
  await writeFile(join(cacheDir, 'gpt_5_2_prompt.md'), 'text without meta');
  const instructions = restart();
  assert.equal(instructions.textFor('gpt-5.2-codex'), 'text from before');
  assert.equal(instructions.textFor('gpt-5.2'), 'text without meta');
});

test('a cache full of rubbish is as good as none', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  const { restart, cacheDir } = await setUp(t, github);
  await mkdir(join(cacheDir, 'gpt_5_2_prompt.md'), { recursive: true });
  await writeFile(join(cacheDir, 'codex-models.json'), '{"models":[');
  await writeFile(join(cacheDir, 'codex-models.json.meta.json'), '{"version":7,"fetched_at":"never","etag":{}}');
  await writeFile(join(cacheDir, 'gpt_5_codex_prompt.md'), 'x'.repeat(1024 * 1024 + 1));
  await writeFile(join(cacheDir, 'insisting-models.json'), '["gpt-5.5"]');
  const instructions = restart();
  assert.equal(instructions.textFor('gpt-5.2'), shippedInstructions);
  assert.equal(instructions.insists('gpt-5.5'), false);
  await instructions.refresh();
  assert.equal(instructions.textFor('gpt-5.5'), 'text');
});

test('a huge file is refused, and the known text stays', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  const { instructions } = await setUp(t, github);
  await instructions.refresh();
  github.set(cataloguePath('rust-v1'), { body: createCatalogue({ 'gpt-5.5': 'x'.repeat(1024 * 1024) }) });
  await assert.rejects(instructions.refresh(), {
    code: 'OC_UPSTREAM_UNREACHABLE',
    message: /larger than 1048576 bytes/,
  });
  assert.equal(instructions.textFor('gpt-5.5'), 'text');
});

test('a server that never answers is given up', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  github.set(cataloguePath('rust-v1'), { hang: true });
  const { instructions } = await setUp(t, github, { timeoutMs: 50, config: { instructionsTag: 'rust-v1' } });
  await assert.rejects(instructions.refresh(), { code: 'OC_UPSTREAM_UNREACHABLE', message: /no answer in time/ });
});

test('the signal ends a refresh', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  github.set(cataloguePath('rust-v1'), { hang: true });
  const { instructions } = await setUp(t, github, { config: { instructionsTag: 'rust-v1' } });
  const abort = new AbortController();
  const refreshed = instructions.refresh(abort.signal);
  abort.abort();
  await assert.rejects(refreshed, { code: 'OC_UPSTREAM_UNREACHABLE' });
});

test('refreshes at the same time are one', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  const { instructions } = await setUp(t, github);
  instructions.textFor('gpt-5.5');
  await Promise.all([instructions.refresh(), instructions.refresh(), instructions.refresh()]);
  assert.equal(github.paths.length, 2);
});

test('a cache directory that cannot be written is told once, and memory serves', async (t) => {
  const github = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  // A file where the directory should be: refused to root too.
  const blocked = join(await createTempDirectory(t), 'file');
  await writeFile(blocked, '');
  const { instructions, log } = await setUp(t, github, { config: { cacheDir: join(blocked, 'opencompat') } });
  await instructions.refresh();
  await instructions.refresh();
  assert.equal(instructions.textFor('gpt-5.5'), 'text');
  assert.deepEqual(
    log.lines.map(({ level, message }) => [level, message]),
    [['warn', 'the cache directory cannot be written; what is fetched is kept in memory only']],
  );
});

test('the operator’s file is the text for every model, and is read again on refresh', async (t) => {
  const directory = await createTempDirectory(t);
  const path = join(directory, 'prompt.md');
  await writeFile(path, 'first');
  const { instructions, log } = await setUp(t, nowhere, {
    config: { instructions: 'file', instructionsFile: 'prompt.md', baseDir: directory },
  });
  assert.equal(instructions.textFor('gpt-5.5'), 'first');
  await writeFile(path, 'second');
  await instructions.refresh();
  assert.equal(instructions.textFor('gpt-5.5'), 'second');
  await rm(path);
  await instructions.refresh();
  assert.equal(instructions.textFor('gpt-5.5'), 'second');
  assert.match(log.lines[0]!.message, /cannot be read any more/);
});

test('an empty file is an empty text', async (t) => {
  const directory = await createTempDirectory(t);
  await writeFile(join(directory, 'empty.md'), '');
  const { instructions } = await setUp(t, nowhere, {
    config: { instructions: 'file', instructionsFile: join(directory, 'empty.md') },
  });
  assert.equal(instructions.textFor('gpt-5.5'), '');
});

test('a missing file is a fault of the configuration', async (t) => {
  const { restart } = await setUp(t, nowhere);
  assert.throws(() => restart({ config: { instructions: 'file', instructionsFile: 'missing.md' } }), {
    name: 'ConfigError',
    message: /instructionsFile = 'missing\.md': cannot be read \(ENOENT\)/,
  });
  assert.throws(() => restart({ config: { instructions: 'file' } }), {
    name: 'ConfigError',
    message: /instructionsFile: must be the path of a text/,
  });
});

test('a model whose backend insists is remembered over restarts, and for a month', async (t) => {
  const { instructions, restart, clock } = await setUp(t, nowhere);
  assert.equal(instructions.insists('gpt-5.5'), false);
  await instructions.learn('gpt-5.5');
  assert.equal(instructions.insists('gpt-5.5'), true);
  assert.equal(instructions.insists('gpt-5.4'), false);
  clock.nowMs += 29 * dayMs;
  assert.equal(restart().insists('gpt-5.5'), true);
  clock.nowMs += dayMs;
  assert.equal(restart().insists('gpt-5.5'), false);
});

test('of the models that insist, a bounded number is remembered', async (t) => {
  const { instructions, restart } = await setUp(t, nowhere);
  await Promise.all(Array.from({ length: 70 }, (_, index) => instructions.learn(`model-${index}`)));
  const next = restart();
  const remembered = Array.from({ length: 70 }, (_, index) => index).filter((index) => next.insists(`model-${index}`));
  assert.deepEqual([remembered.length, remembered[0], remembered.at(-1)], [64, 6, 69]);
});
