import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { configSchema } from '../../../lib/config/schema.ts';
import { OpenCompatError } from '../../../lib/errors.ts';
import type { ChatGptCredential } from '../../../lib/providers/chatgpt/credential.ts';
import { fallbackModels } from '../../../lib/providers/chatgpt/fallback-models.ts';
import { type ChatGptModelsOptions, createChatGptModels, parseModels } from '../../../lib/providers/chatgpt/models.ts';
import { Secret } from '../../../lib/secret.ts';
import { createFakeSite, type FakeSite } from '../../support/fake-github.ts';
import { createRecordingLog } from '../../support/recording-log.ts';

const startMs = Date.UTC(2026, 10, 23, 12);
const minuteMs = 60_000;
const path = '/codex/models';

const credentialOf = (accountId: string | undefined, isFedramp = false): ChatGptCredential => ({
  accessToken: new Secret('token'),
  accountId,
  isFedramp,
});

const listing = (...slugs: string[]) => ({ models: slugs.map((slug, priority) => ({ slug, priority })) });

interface Setup extends Partial<Omit<ChatGptModelsOptions, 'config'>> {
  config?: Partial<ChatGptModelsOptions['config']>;
}

async function setUp(t: TestContext, site: Pick<FakeSite, 'url'>, { config, ...setup }: Setup = {}) {
  const cacheDir = await mkdtemp(join(tmpdir(), 'opencompat-'));
  t.after(() => rm(cacheDir, { recursive: true, force: true }));
  const log = createRecordingLog();
  const clock = { nowMs: startMs };
  const account: { credential: ChatGptCredential | undefined } = { credential: credentialOf('account-1') };
  /** Refreshes that were started; counted where each begins, so that the count is right at once. */
  const refreshes = { count: 0 };
  const restart = (changes: Setup = {}) =>
    createChatGptModels({
      cacheDir,
      log,
      now: () => clock.nowMs,
      credentials: {
        peek: () => account.credential,
        async get() {
          refreshes.count++;
          if (!account.credential) throw new OpenCompatError('OC_NO_CREDENTIALS', { provider: 'ChatGPT' });
          return account.credential;
        },
      },
      ...setup,
      config: {
        chatgptBaseUrl: site.url,
        chatgptClientVersion: '0.169.0',
        chatgptModels: [],
        chatgptOriginator: 'codex_cli_rs',
        modelsRefresh: 60,
        ...config,
        ...changes.config,
      },
    });
  const models = restart();
  return { models, restart, account, cacheDir, refreshes, clock, log };
}

const idsOf = (models: { list(): readonly { id: string }[] }) => models.list().map(({ id }) => id);
const fallbackIds = fallbackModels.map(({ id }) => id);

test('without an account, the shipped list or the configured names stand in', async (t) => {
  const { restart, account, refreshes } = await setUp(t, await createFakeSite(t));
  account.credential = undefined;
  assert.deepEqual(idsOf(restart()), fallbackIds);
  const configured = restart({ config: { chatgptModels: ['gpt-5.5', 'gpt-7'] } });
  assert.deepEqual(
    configured.list().map(({ id, efforts }) => [id, efforts]),
    [
      ['gpt-5.5', ['none', 'low', 'medium', 'high', 'xhigh']],
      ['gpt-7', ['low', 'medium', 'high']],
    ],
  );
  assert.equal(refreshes.count, 0);
  await assert.rejects(configured.refresh(), { code: 'OC_NO_CREDENTIALS' });
});

test('the account’s list is asked for as the backend wants it', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { body: listing('gpt-5.5') });
  const { models, account } = await setUp(t, site);
  account.credential = credentialOf('account-1', true);
  await models.refresh();
  const [request] = site.requests;
  assert.equal(request!.path, '/codex/models?client_version=0.169.0');
  const { authorization, originator, 'chatgpt-account-id': accountId, 'user-agent': agent } = request!.headers;
  assert.deepEqual([authorization, originator, accountId], ['Bearer token', 'codex_cli_rs', 'account-1']);
  assert.match(agent!, /^codex_cli_rs\/0\.169\.0 \([\x20-\x7e]+; [\w-]+\) \w+$/);
  assert.equal(request!.headers['x-openai-fedramp'], 'true');
  assert.deepEqual(idsOf(models), ['gpt-5.5']);
});

test('a first use lists the fallback and fetches behind the scenes', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { body: listing('gpt-5.5') });
  const { models } = await setUp(t, site);
  assert.deepEqual(idsOf(models), fallbackIds);
  await models.refresh();
  assert.equal(site.paths.length, 1, 'the refresh under way was joined');
  assert.deepEqual(idsOf(models), ['gpt-5.5']);
});

test('an old list is served while a newer one is fetched', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { body: listing('old') });
  const { models, clock, refreshes } = await setUp(t, site);
  await models.refresh();
  site.set(path, { body: listing('new') });
  clock.nowMs += 60 * minuteMs - 1;
  assert.deepEqual(idsOf(models), ['old']);
  assert.equal(refreshes.count, 1, 'not old yet');
  clock.nowMs += 1;
  assert.deepEqual(idsOf(models), ['old']);
  await models.refresh();
  assert.equal(refreshes.count, 2);
  assert.deepEqual(idsOf(models), ['new']);
});

test('with a refresh interval of 0, nothing is fetched unasked', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { body: listing('gpt-5.5') });
  const { models, refreshes } = await setUp(t, site, { config: { modelsRefresh: 0 } });
  assert.deepEqual(idsOf(models), fallbackIds);
  models.noteEtag('"x"');
  assert.equal(refreshes.count, 0);
  await models.refresh();
  assert.deepEqual(idsOf(models), ['gpt-5.5']);
});

test('after a failure the list stays, and the next attempt waits a minute', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { body: listing('known') });
  const { models, clock, refreshes, log } = await setUp(t, site);
  await models.refresh();
  site.set(path, { status: 500, body: 'oops' });
  clock.nowMs += 61 * minuteMs;
  models.list();
  await assert.rejects(models.refresh(), { code: 'OC_UPSTREAM_ERROR' });
  assert.deepEqual(idsOf(models), ['known']);
  clock.nowMs += minuteMs - 1;
  models.list();
  assert.equal(refreshes.count, 2);
  assert.deepEqual(
    log.lines.map(({ level, message }) => [level, message]),
    [['warn', 'the model list cannot be refreshed']],
  );
  site.set(path, { body: listing('again') });
  clock.nowMs += 1;
  models.list();
  await models.refresh();
  assert.equal(refreshes.count, 3);
  assert.deepEqual(idsOf(models), ['again']);
});

for (const [what, page, error] of [
  ['an empty list', { body: { models: [] } }, 'OC_UPSTREAM_INVALID'],
  ['no JSON', { body: '<html>' }, 'OC_UPSTREAM_INVALID'],
  ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:65535/' } }, 'OC_UPSTREAM_BLOCKED'],
  ['a refusal of the sign-in', { status: 401, body: { detail: 'Unauthorized' } }, 'OC_SIGN_IN_AGAIN'],
  ['a page of the CDN', { status: 403, body: '<html>Just a moment</html>' }, 'OC_UPSTREAM_BLOCKED'],
] as const) {
  test(`${what} is an error, and no list`, async (t) => {
    const site = await createFakeSite(t);
    site.set(path, { body: listing('known') });
    const { models } = await setUp(t, site);
    await models.refresh();
    site.set(path, page);
    await assert.rejects(models.refresh(), { code: error });
    assert.deepEqual(idsOf(models), ['known']);
  });
}

test('an unreachable backend is told without the token', async (t) => {
  const { models } = await setUp(t, { url: 'http://127.0.0.1:65535' });
  await assert.rejects(models.refresh(), (error: OpenCompatError) => {
    assert.equal(error.code, 'OC_UPSTREAM_UNREACHABLE');
    assert.match(error.message, /^ChatGPT cannot be reached: the connection was refused \(ECONNREFUSED\)/);
    return true;
  });
});

test('an unchanged list is not sent again, and is as good as new', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { etag: 'W/"1"', body: listing('gpt-5.5') });
  const { models, restart, clock, refreshes } = await setUp(t, site);
  await models.refresh();
  clock.nowMs += 90 * minuteMs;
  const next = restart();
  await next.refresh();
  assert.deepEqual(
    site.requests.map(({ status }) => status),
    [200, 304],
  );
  assert.deepEqual(idsOf(next), ['gpt-5.5']);
  assert.deepEqual(idsOf(restart()), ['gpt-5.5']);
  assert.equal(refreshes.count, 2, 'the age on disk is that of the 304');
});

test('it says how far its list can be believed', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { body: listing('gpt-5.5') });
  const { models, restart, account, clock } = await setUp(t, site);
  assert.equal(models.state(), 'missing');
  assert.equal(restart({ config: { chatgptModels: ['gpt-7'] } }).state(), 'old');
  await models.refresh();
  assert.equal(models.state(), 'current');
  clock.nowMs += 61 * minuteMs;
  assert.equal(models.state(), 'old');
  assert.equal(restart().state(), 'old', 'the list on disk is as old');
  account.credential = credentialOf('account-2');
  assert.equal(models.state(), 'missing');
  assert.equal(restart({ config: { modelsRefresh: 0 } }).state(), 'current', 'nothing else will come');
});

test('another client version asks anew', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { etag: '"1"', body: listing('gpt-5.5') });
  const { models, restart } = await setUp(t, site);
  await models.refresh();
  const newer = restart({ config: { chatgptClientVersion: '0.170.0' } });
  assert.deepEqual(idsOf(newer), ['gpt-5.5'], 'the old list serves meanwhile');
  await newer.refresh();
  assert.deepEqual(
    site.requests.map(({ path: asked, status }) => [asked, status]),
    [
      ['/codex/models?client_version=0.169.0', 200],
      ['/codex/models?client_version=0.170.0', 200],
    ],
  );
});

test('each account has its own list, on disk under a name that does not tell whose it is', async (t) => {
  const site = await createFakeSite(t);
  const { models, restart, account, cacheDir } = await setUp(t, site, { config: { modelsRefresh: 0 } });
  site.set(path, { body: listing('of-1') });
  await models.refresh();
  account.credential = credentialOf('account-2');
  assert.deepEqual(idsOf(models), fallbackIds, 'nothing of another account is listed');
  site.set(path, { body: listing('of-2') });
  await models.refresh();
  assert.deepEqual(idsOf(models), ['of-2']);
  account.credential = credentialOf('account-1');
  assert.deepEqual(idsOf(models), ['of-1']);
  assert.deepEqual(idsOf(restart()), ['of-1']);

  const files = (await readdir(cacheDir)).filter((name) => !name.endsWith('.meta.json'));
  assert.equal(files.length, 2);
  for (const name of files) assert.match(name, /^chatgpt-models-[0-9a-f]{16}\.json$/);
  assert.equal((await stat(join(cacheDir, files[0]!))).mode & 0o777, 0o644);
  for (const name of await readdir(cacheDir)) {
    assert.doesNotMatch(await readFile(join(cacheDir, name), 'utf8'), /account-|token/);
  }
});

test('while the token cannot be used, the list is still the account’s', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { body: listing('gpt-5.5') });
  const { models, account } = await setUp(t, site);
  await models.refresh();
  account.credential = undefined;
  assert.deepEqual(idsOf(models), ['gpt-5.5']);
});

test('an answer that names another etag makes the list be fetched, once for each etag', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { etag: 'W/"1"', body: listing('old') });
  const { models, refreshes } = await setUp(t, site);
  await models.refresh();
  models.noteEtag('"1"');
  assert.equal(refreshes.count, 1, 'the same etag, weak or not, quoted or not');

  site.set(path, { etag: 'W/"2"', body: listing('new') });
  models.noteEtag('another-name-of-2');
  await models.refresh();
  assert.equal(refreshes.count, 2, 'the refresh under way was joined');
  assert.deepEqual(idsOf(models), ['new']);
  models.noteEtag('another-name-of-2');
  assert.equal(refreshes.count, 2);
  models.noteEtag('3');
  assert.equal(refreshes.count, 3);
  await models.refresh();
});

test('an etag whose refresh failed is not forgotten', async (t) => {
  const site = await createFakeSite(t);
  site.set(path, { etag: '"1"', body: listing('old') });
  const { models, clock } = await setUp(t, site);
  await models.refresh();
  site.set(path, { status: 503 });
  models.noteEtag('"2"');
  await assert.rejects(models.refresh());
  site.set(path, { etag: '"2"', body: listing('new') });
  clock.nowMs += minuteMs;
  models.noteEtag('"2"');
  await models.refresh();
  assert.deepEqual(idsOf(models), ['new']);
});

test('an entry becomes what is known of a model', () => {
  const [model] = parseModels({
    models: [
      {
        slug: 'gpt-6-sol',
        display_name: 'GPT-6 Sol',
        visibility: 'list',
        minimal_client_version: [0, 999, 0],
        default_reasoning_level: 'low',
        supported_reasoning_levels: [
          { effort: 'ultra' },
          { effort: 'high', description: '…' },
          { effort: 'max' },
          'low',
          { effort: 'someday' },
        ],
        supports_reasoning_summaries: true,
        support_verbosity: false,
        supports_parallel_tool_calls: true,
        context_window: 272000,
        input_modalities: ['text', 'image'],
        service_tiers: [{ id: 'priority' }, {}],
      },
    ],
  });
  assert.deepEqual(model, {
    id: 'gpt-6-sol',
    createdS: 0,
    ownedBy: 'openai',
    displayName: 'GPT-6 Sol',
    efforts: ['low', 'high', 'max'],
    defaultEffort: 'low',
    contextWindow: 272000,
    hasReasoningSummaries: true,
    hasVerbosity: false,
    hasParallelToolCalls: true,
    inputModalities: ['text', 'image'],
    serviceTiers: ['priority'],
  });
});

test('models come in the order of their priority, hidden ones marked, bad ones left out', () => {
  const models = parseModels({
    models: [
      { slug: 'last' },
      { slug: 'second', priority: 2 },
      { slug: 'hidden', priority: 3, visibility: 'hide' },
      { slug: 'none', priority: 4, visibility: 'none' },
      { slug: 'first', priority: 1 },
      { slug: 'first', priority: 9 },
      { priority: 0 },
      'gpt-5',
      null,
    ],
  });
  assert.deepEqual(
    models.map(({ id, isHidden }) => (isHidden ? `${id} (hidden)` : id)),
    ['first', 'second', 'hidden (hidden)', 'none (hidden)', 'last'],
  );
});

test('reading a list never throws, and gives sound models', () => {
  const entry = fc.record(
    {
      slug: fc.oneof(fc.string(), fc.jsonValue()),
      priority: fc.jsonValue(),
      visibility: fc.jsonValue(),
      context_window: fc.jsonValue(),
      supported_reasoning_levels: fc.oneof(
        fc.jsonValue(),
        fc.array(fc.record({ effort: fc.constantFrom('ultra', 'low', 7) })),
      ),
      default_reasoning_level: fc.jsonValue(),
      service_tiers: fc.jsonValue(),
      input_modalities: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const efforts = configSchema.properties.reasoningEffort.enum as readonly string[];
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ models: fc.array(fc.oneof(entry, fc.jsonValue())) })), (json) => {
      for (const model of parseModels(json)) {
        assert.ok(model.id.length > 0);
        assert.ok(model.efforts.every((effort) => efforts.includes(effort)));
      }
    }),
  );
});
