/** `opencompat models`, against fakes. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../support/commands.ts';
import { createFakeChatGpt } from '../support/fake-chatgpt.ts';
import { createFakeGitHub } from '../support/fake-github.ts';
import { createFakeOpenAiServer } from '../support/fake-openai-server.ts';
import { processEnv } from '../support/process-env.ts';

/** A home that is signed in to a fake backend, with a fake GitHub. */
async function setUp(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'opencompat-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const chatGpt = await createFakeChatGpt({ models: ['gpt-5.5', 'gpt-7-nova'] });
  t.after(() => chatGpt.close());
  const gitHub = await createFakeGitHub(t, 'rust-v1', { 'gpt-5.5': 'text' });
  const { account } = chatGpt;
  const { accessToken, idToken, refreshToken } = account.tokens;
  const tokens = { access_token: accessToken, id_token: idToken, refresh_token: refreshToken };
  await mkdir(join(home, 'data/opencompat'), { recursive: true });
  const authFile = join(home, 'data/opencompat/auth.json');
  await writeFile(authFile, JSON.stringify({ tokens: { ...tokens, account_id: account.accountId } }));

  function run(...args: string[]) {
    return runCommand(['models', ...args], {
      cwd: home,
      env: {
        HOME: home,
        ...processEnv,
        XDG_DATA_HOME: join(home, 'data'),
        XDG_CACHE_HOME: join(home, 'cache'),
        OPENCOMPAT_CHATGPT_BASE_URL: chatGpt.url,
        OPENCOMPAT_CHATGPT_AUTH_URL: chatGpt.authUrl,
        OPENCOMPAT_GITHUB_API_URL: gitHub.url,
        OPENCOMPAT_GITHUB_RAW_URL: gitHub.url,
      },
    });
  }
  return { account, authFile, chatGpt, gitHub, home, run };
}

test('lists the account’s models and their efforts, and fetches nothing else', async (t) => {
  const { gitHub, run } = await setUp(t);
  const { out, err, status } = await run();
  assert.deepEqual([err, status], ['', 0]);
  const rows = out.trimEnd().split('\n');
  assert.match(rows[0]!, /^MODEL {2,}PROVIDER {2,}REASONING EFFORTS/);
  assert.deepEqual(
    rows.slice(1).map((row) => row.split(/ {2,}/)),
    [
      ['gpt-5.5', 'chatgpt', 'low medium* high xhigh'],
      ['gpt-7-nova', 'chatgpt', 'low medium* high xhigh'],
    ],
  );
  assert.deepEqual(gitHub.paths, []);
});

test('prints JSON, and with --refresh fetches the instruction texts too', async (t) => {
  const { home, run } = await setUp(t);
  const { out, err, status } = await run('--json', '--refresh');
  assert.deepEqual([err, status], ['Instructions: refreshed.\n', 0]);
  const models = JSON.parse(out);
  assert.deepEqual(models[1], {
    id: 'gpt-7-nova',
    provider: 'chatgpt',
    displayName: 'GPT-7-nova',
    efforts: ['low', 'medium', 'high', 'xhigh'],
    defaultEffort: 'medium',
    contextWindow: 272000,
    serviceTiers: [],
  });
  assert.ok((await readdir(join(home, 'cache/opencompat'))).includes('codex-models.json'));
});

test('what cannot be refreshed is told, and what was known is listed', async (t) => {
  const { account, gitHub, run } = await setUp(t);
  await run();
  account.signOut();
  gitHub.set('/repos/openai/codex/releases/latest', { status: 500 });
  const { out, err, status } = await run('--refresh');
  assert.equal(status, 1);
  assert.match(err, /^Instructions: .*main has no instruction texts/m);
  assert.match(err, /^ChatGPT: .*opencompat login/m);
  assert.match(out, /^gpt-7-nova/m);
});

test('nobody has to be signed in', async (t) => {
  const { authFile, run } = await setUp(t);
  await rm(authFile);
  const { out, err, status } = await run();
  assert.equal(status, 0);
  assert.match(err, /not signed in to ChatGPT.*opencompat login/);
  assert.match(out, /^demo /m);
});

test('lists what other servers have, and the aliases; one that cannot be asked is told', async (t) => {
  const { home, run } = await setUp(t);
  const box = await createFakeOpenAiServer({ models: ['llama', 'gpt-5.5'], apiKey: 'sk-box' });
  t.after(() => box.close());
  const config = {
    providers: {
      box: { type: 'openai-compatible', baseURL: box.url, apiKey: 'sk-box' },
      locked: { type: 'openai-compatible', baseURL: box.url, apiKey: 'sk-other' },
    },
    aliases: { mine: ['box/llama', 'gpt-7-nova'] },
  };
  await mkdir(join(home, '.config/opencompat'), { recursive: true });
  await writeFile(join(home, '.config/opencompat/opencompat.config.json'), JSON.stringify(config));
  const { out, err, status } = await run();
  assert.equal(status, 1);
  assert.match(err, /^locked: locked refused the key that this server has for it \(HTTP 401\)/);
  const [table, aliases] = out.trimEnd().split('\n\n');
  assert.equal(aliases, 'ALIASES\nmine → box/llama, then chatgpt/gpt-7-nova');
  const rows = table!.split('\n').slice(1);
  assert.deepEqual(
    rows.map((row) => row.split(/ {2,}/).slice(0, 2)),
    [
      ['llama', 'box'],
      ['gpt-5.5', 'box'],
      ['chatgpt/gpt-5.5', 'chatgpt'],
      ['gpt-7-nova', 'chatgpt'],
      ['mine', 'box'],
    ],
  );
});
