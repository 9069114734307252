/** Signing in to GitHub Copilot on the command line, against a strict GitHub. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { createFakeCopilot, type FakeCopilot, fakeCopilotClientId } from '../support/fake-copilot.ts';
import { run, type Setup, setUp as setUpCli, write } from './support.ts';

interface CopilotSetup extends Setup {
  github: FakeCopilot;
}

async function setUp(t: TestContext): Promise<CopilotSetup> {
  const setup = await setUpCli(t);
  const github = await createFakeCopilot();
  t.after(() => github.close());
  Object.assign(setup.env, {
    OPENCOMPAT_GITHUB_URL: github.url,
    OPENCOMPAT_GITHUB_API_URL: github.url,
    OPENCOMPAT_COPILOT_CLIENT_ID: fakeCopilotClientId,
  });
  return { ...setup, github };
}

const copilotOf = ({ gitHubToken }: FakeCopilot) => ({ type: 'oauth', refresh_token: gitHubToken });

async function stored({ authFile }: Setup): Promise<Record<string, { refresh_token: string } | null>> {
  return JSON.parse(await readFile(authFile, 'utf8'));
}

test('login copilot shows a code and where to type it, and keeps what GitHub gives', async (t) => {
  const setup = await setUp(t);
  await write(setup.authFile, { version: 1, chatgpt: { type: 'oauth', refresh_token: 'other' } });
  const login = run(t, setup, 'login', 'copilot');
  const [, code] = await login.see(/^Code: (\S+)$/m);
  assert.match(login.output, new RegExp(`^${setup.github.url}/login/device$`, 'm'));
  assert.match(login.output, /Waiting for 15 minutes/);
  assert.ok(setup.github.enterCode(code!));
  const { status, stdout } = await login.ended;
  assert.equal(status, 0);
  assert.match(stdout, /Signed in to GitHub Copilot \(plan: copilot_pro\)/);
  const { copilot, chatgpt } = await stored(setup);
  assert.match(copilot!.refresh_token, /^gho_/);
  assert.equal(chatgpt!.refresh_token, 'other', 'other sign-ins stay');

  const models = run(t, setup, 'models');
  assert.match((await models.ended).stdout, /^copilot\/gpt-5\.4 +copilot +low medium high$/m);
});

test('login copilot without Copilot says what GitHub says, and keeps nothing', async (t) => {
  const setup = await setUp(t);
  const url = 'https://github.com/github-copilot/signup';
  const body = { error_details: { message: 'No access to GitHub Copilot found.', url } };
  setup.github.answerOnce('/copilot_internal/v2/token', { status: 403, body });
  const login = run(t, setup, 'login', 'copilot');
  const [, code] = await login.see(/^Code: (\S+)$/m);
  setup.github.enterCode(code!);
  const { status, stderr } = await login.ended;
  assert.equal(status, 1);
  assert.match(stderr, /No access to GitHub Copilot found\. See https:\/\/github\.com\/github-copilot\/signup/);
  await assert.rejects(readFile(setup.authFile), { code: 'ENOENT' });
});

test('login copilot at a GitHub that does not know the client', async (t) => {
  const setup = await setUp(t);
  setup.env.OPENCOMPAT_COPILOT_CLIENT_ID = 'another';
  const { status, stderr } = await run(t, setup, 'login', 'copilot').ended;
  assert.equal(status, 1);
  assert.match(stderr, /GitHub gave no device code \(HTTP 404\): Not Found/);
});

test('info shows every provider that is signed in', async (t) => {
  const setup = await setUp(t);
  await write(setup.authFile, { version: 1, copilot: copilotOf(setup.github) });
  const { status, stdout } = await run(t, setup, 'info').ended;
  assert.equal(status, 0);
  assert.match(stdout, /^Provider +GitHub Copilot$/m);
  assert.match(stdout, /^Account +octo-someone$/m);
  assert.match(stdout, /^Plan +individual_pro, plus_monthly_subscriber_quota$/m);
  assert.match(stdout, /^Quota chat +unlimited$/m);
  assert.match(stdout, /^Quota month \(AI credits\) +2 % used \(1470 of 1500 left\), resets Dec 1, 2026, 12:00.AM$/m);

  setup.env.OPENCOMPAT_CHATGPT_BASE_URL = 'http://127.0.0.1:9';
  const { accessToken, refreshToken } = setup.auth.signIn();
  const chatgpt = { type: 'oauth', access_token: accessToken, refresh_token: refreshToken };
  await write(setup.authFile, { version: 1, chatgpt, copilot: copilotOf(setup.github) });
  const infos = JSON.parse((await run(t, setup, 'info', '--json').ended).stdout);
  assert.deepEqual(
    infos.map(({ provider }: { provider: string }) => provider),
    ['chatgpt', 'copilot'],
  );
  assert.match(infos[0].quotaError, /cannot be reached/);
  assert.equal(infos[1].quota.windows.premium_interactions.remaining, 1470);
});

test('info of a sign-in that no longer works fails, and shows the others', async (t) => {
  const setup = await setUp(t);
  setup.env.OPENCOMPAT_CHATGPT_BASE_URL = 'http://127.0.0.1:9';
  const { accessToken, refreshToken } = setup.auth.signIn();
  const chatgpt = { type: 'oauth', access_token: accessToken, refresh_token: refreshToken };
  await write(setup.authFile, { version: 1, chatgpt, copilot: copilotOf(setup.github) });
  setup.github.revoke();
  const { status, stdout, stderr } = await run(t, setup, 'info').ended;
  assert.equal(status, 1);
  assert.match(stdout, /^Provider +ChatGPT$/m);
  assert.match(stderr, /sign-in to GitHub Copilot is no longer valid.*opencompat login copilot/);
});

test('logout copilot forgets the token, and says where to revoke it', async (t) => {
  const setup = await setUp(t);
  await write(setup.authFile, { version: 1, copilot: copilotOf(setup.github) });
  const { status, stdout } = await run(t, setup, 'logout', 'copilot').ended;
  assert.equal(status, 0);
  assert.match(stdout, /Signed out of GitHub Copilot/);
  assert.match(stdout, new RegExp(`${setup.github.url}/settings/apps/authorizations`));
  assert.equal((await stored(setup)).copilot, null);
  assert.match((await run(t, setup, 'logout', 'copilot').ended).stdout, /Not signed in to GitHub Copilot/);
});
