import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startBrowserSignIn } from '../../lib/providers/chatgpt/browser-sign-in.ts';
import { signInWithDevice } from '../../lib/providers/chatgpt/device-sign-in.ts';
import { createAuthClient } from '../../lib/providers/chatgpt/oauth.ts';
import { type FakeTokenSet, fakeClientId } from '../support/fake-auth-server.ts';
import { email, run, type Setup, setUp, write } from './support.ts';

async function storedTokens({ authFile }: Setup): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(authFile, 'utf8')).chatgpt;
}

function codexFile({ accessToken, refreshToken, idToken }: FakeTokenSet): object {
  const tokens = { access_token: accessToken, refresh_token: refreshToken, id_token: idToken };
  return { auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens, last_refresh: '2026-11-20T10:00:00Z' };
}

/** What the browser does at the authorize page: the address that it is sent back to. */
async function authorize(url: string): Promise<URL> {
  const response = await fetch(url, { redirect: 'manual' });
  assert.equal(response.status, 302, await response.text());
  return new URL(response.headers.get('location')!);
}

const authorizeUrl = /^(http\S+\/oauth\/authorize\S+)$/m;

test('login with a browser', async (t) => {
  const setup = await setUp(t);
  const login = run(t, setup, 'login');
  const callback = await authorize((await login.see(authorizeUrl))[1]!);

  await t.test('a state that is not ours is refused, before anything else is looked at', async () => {
    const forged = new URL(callback);
    forged.searchParams.set('state', 'forged-forged-forged');
    const response = await fetch(forged);
    assert.equal(response.status, 400);
    assert.equal(setup.auth.count('/oauth/token'), 0);
    assert.equal((await fetch(new URL('/other', callback))).status, 404);
    assert.equal((await fetch(callback, { method: 'POST' })).status, 405);
  });

  await t.test('it is not listening where others could reach it', async () => {
    const outer = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal);
    // Where the machine has no other address, another of the loopback network stands in.
    const url = `http://${outer?.address ?? '127.0.0.2'}:${callback.port}/`;
    await assert.rejects(fetch(url), /fetch failed/);
  });

  const page = await fetch(callback);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /OpenCompat is signed in/);
  const { status, stdout } = await login.ended;
  assert.equal(status, 0);
  assert.match(stdout, /Signed in to ChatGPT \(plan: plus\)/);
  const stored = await storedTokens(setup);
  assert.ok(setup.auth.isLive(stored.access_token as string));
  assert.equal(stored.email, email);
  assert.equal(stored.account_id, 'account-fake');
  assert.equal((await stat(setup.authFile)).mode & 0o777, 0o600);
});

test('login with the address pasted from a browser elsewhere', async (t) => {
  const setup = await setUp(t);
  const login = run(t, setup, 'login');
  const callback = await authorize((await login.see(authorizeUrl))[1]!);
  login.input.write('hello\n');
  await login.see(/not the redirect address/);
  login.input.write(`${callback.href.replace(/state=[^&]+/, 'state=forged')}\n`);
  await login.see(/does not belong to the sign-in/);
  login.input.write(`  ${callback.href}\n`);
  assert.equal((await login.ended).status, 0);
  assert.ok(setup.auth.isLive((await storedTokens(setup)).access_token as string));
});

test('without a terminal, the browser alone is enough', async (t) => {
  const setup = await setUp(t);
  const login = run(t, setup, 'login');
  login.input.end();
  const callback = await authorize((await login.see(authorizeUrl))[1]!);
  assert.equal((await fetch(callback)).status, 200);
  assert.equal((await login.ended).status, 0);
});

test('the second port is used when the first is taken', async (t) => {
  const setup = await setUp(t);
  const occupant = createTcpServer();
  t.after(() => occupant.close());
  await new Promise<void>((resolve) => occupant.once('error', () => resolve()).listen(1455, '127.0.0.1', resolve));
  const login = run(t, setup, 'login');
  const callback = await authorize((await login.see(authorizeUrl))[1]!);
  assert.equal(callback.port, '1457');
  assert.equal((await fetch(callback)).status, 200);
  assert.equal((await login.ended).status, 0);
});

test('a refusal is shown as text, in the page and in the terminal', async (t) => {
  const setup = await setUp(t);
  setup.auth.denyNext('access_denied', 'You said no <script>alert(1)</script> & "left"');
  const login = run(t, setup, 'login');
  const callback = await authorize((await login.see(authorizeUrl))[1]!);
  const page = await fetch(callback);
  assert.equal(page.status, 400);
  assert.doesNotMatch(await page.text(), /<script/);
  const { status, stderr } = await login.ended;
  assert.equal(status, 1);
  assert.match(stderr, /The sign-in was refused: access_denied/);
  assert.deepEqual(await readdir(dirname(setup.authFile)), []);
});

test('a code that the server does not take fails the login', async (t) => {
  const setup = await setUp(t);
  const login = run(t, setup, 'login');
  const callback = await authorize((await login.see(authorizeUrl))[1]!);
  callback.searchParams.set('code', 'another');
  assert.equal((await fetch(callback)).status, 400);
  const { status, stderr } = await login.ended;
  assert.equal(status, 1);
  assert.match(stderr, /refused the code \(HTTP 400\): The code is not valid/);
});

test('nobody is waited for without end, and nothing stays behind', async (t) => {
  const { auth } = await setUp(t);
  const client = createAuthClient({ chatgptAuthUrl: auth.url, oauthClientId: fakeClientId });
  const limit = new AbortController();
  const unused = { client, state: 's', verifier: 'v', codeChallenge: 'c', save: async () => {} };
  const signIn = await startBrowserSignIn({ ...unused, signal: limit.signal });
  limit.abort();
  await assert.rejects(signIn.done, /not completed in time/);
  await assert.rejects(fetch(signIn.redirectUri), /fetch failed/);

  const deviceLimit = new AbortController();
  const waiting = signInWithDevice({ client, show: () => deviceLimit.abort(), signal: deviceLimit.signal });
  await assert.rejects(waiting, /not entered in time/);
});

test('login with a device code', async (t) => {
  const setup = await setUp(t);
  const login = run(t, setup, 'login', '--device');
  const [, code] = await login.see(/^Code: (\S+)$/m);
  assert.match(login.output, new RegExp(`^${setup.auth.url}/codex/device$`, 'm'));
  // At least one poll finds it pending.
  while (setup.auth.count('/api/accounts/deviceauth/token', 403) === 0) await new Promise((go) => setTimeout(go, 5));
  assert.ok(setup.auth.enterDeviceCode(code!));
  const { status, stdout } = await login.ended;
  assert.equal(status, 0);
  assert.match(stdout, /Signed in to ChatGPT \(plan: plus\)/);
  assert.ok(setup.auth.isLive((await storedTokens(setup)).access_token as string));
});

test('device login that is not enabled says what to do', async (t) => {
  const setup = await setUp(t);
  setup.auth.isDeviceLoginEnabled = false;
  const { status, stderr } = await run(t, setup, 'login', '--device').ended;
  assert.equal(status, 1);
  assert.match(stderr, /Device login is not enabled.*Settings.*opencompat login/);
});

test('a sign-in server in trouble does not end a login', async (t) => {
  const setup = await setUp(t);
  const busy = { status: 503, body: 'upstream connect error' };
  setup.auth.fail('/api/accounts/deviceauth/token', busy, { ...busy, status: 502 }, { ...busy, status: 429 });
  setup.auth.fail('/oauth/token', busy);
  const login = run(t, setup, 'login', '--device');
  const [, code] = await login.see(/^Code: (\S+)$/m);
  assert.ok(setup.auth.enterDeviceCode(code!));
  assert.deepEqual((await login.ended).status, 0);
  assert.ok(setup.auth.isLive((await storedTokens(setup)).access_token as string));
});

test('a refusal that is pasted is told in the provider’s words, with or without a state', async (t) => {
  const setup = await setUp(t);
  for (const state of ['', '&state=']) {
    const login = run(t, setup, 'login');
    const own = new URL((await login.see(authorizeUrl))[1]!).searchParams.get('state');
    const query = 'error=access_denied&error_description=Your+workspace+does+not+allow+this.';
    login.input.write(`http://localhost:1455/auth/callback?${query}${state && state + own}\n`);
    const { status, stderr } = await login.ended;
    assert.equal(status, 1);
    assert.match(stderr, /The sign-in was refused: Your workspace does not allow this\. \(access_denied\)/);
  }
});

test('device login ends at a refusal', async (t) => {
  const setup = await setUp(t);
  setup.auth.fail('/api/accounts/deviceauth/token', {
    status: 410,
    body: '{"error":{"message":"The code is no longer valid."}}',
  });
  const { status, stderr } = await run(t, setup, 'login', '--device').ended;
  assert.equal(status, 1);
  assert.match(stderr, /The device login failed \(HTTP 410\): The code is no longer valid\./);
});

test('a sign-in server that is not there is told in words', async (t) => {
  const setup = await setUp(t);
  await setup.auth.close();
  const { status, stderr } = await run(t, setup, 'login', '--device').ended;
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^The sign-in failed: the sign-in server cannot be reached: the connection was refused \(ECONNREFUSED\)/,
  );
});

test('import takes over Codex CLI’s sign-in from where it is kept', async (t) => {
  const setup = await setUp(t);
  const inHome = join(setup.home, '.codex/auth.json');
  const tokens = setup.auth.signIn();
  await write(inHome, codexFile(tokens));
  const { status, stdout } = await run(t, setup, 'login', '--import').ended;
  assert.equal(status, 0);
  assert.match(stdout, /Took over the sign-in to ChatGPT from .*\.codex\/auth\.json/);
  assert.match(stdout, /The other program must sign in again: a refresh token can be used only once/);
  assert.equal((await storedTokens(setup)).refresh_token, tokens.refreshToken);
  assert.deepEqual(JSON.parse(await readFile(inHome, 'utf8')), codexFile(tokens), 'the source is left as it is');

  const other = setup.auth.signIn();
  setup.env.CODEX_HOME = join(setup.home, 'codex');
  await write(join(setup.env.CODEX_HOME, 'auth.json'), codexFile(other));
  assert.equal((await run(t, setup, 'login', '--import').ended).status, 0);
  assert.equal((await storedTokens(setup)).refresh_token, other.refreshToken);
});

test('import takes files of 1.x by their path, Copilot’s too', async (t) => {
  const setup = await setUp(t);
  const { accessToken, refreshToken } = setup.auth.signIn();
  const chatgpt = join(setup.home, 'old/chatgpt.json');
  const copilot = join(setup.home, 'old/copilot.json');
  await write(chatgpt, { type: 'oauth', access_token: accessToken, refresh_token: refreshToken });
  await write(copilot, {
    type: 'oauth',
    access_token: '',
    refresh_token: 'gho_abc',
    expires_at: '0001-01-01T00:00:00Z',
  });
  for (const path of [chatgpt, copilot]) assert.equal((await run(t, setup, 'login', '--import', path).ended).status, 0);
  const stored = JSON.parse(await readFile(setup.authFile, 'utf8'));
  assert.equal(stored.chatgpt.refresh_token, refreshToken);
  assert.deepEqual(stored.copilot, { type: 'oauth', refresh_token: 'gho_abc' });
});

test('import of nothing says so', async (t) => {
  const setup = await setUp(t);
  const missing = await run(t, setup, 'login', '--import').ended;
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /There is no file .*\.codex\/auth\.json.*keyring/);
  await write(setup.authFile, { version: 1 });
  const empty = join(setup.home, 'empty.json');
  await write(empty, { version: 1 });
  assert.match((await run(t, setup, 'login', '--import', empty).ended).stderr, /holds no sign-in/);
  const own = await run(t, setup, 'login', '--import', setup.authFile).ended;
  assert.equal(own.status, 1);
  assert.match(own.stderr, /uses already/);
});

test('import is of the provider that is named', async (t) => {
  const setup = await setUp(t);
  const usual = await run(t, setup, 'login', 'copilot', '--import').ended;
  assert.equal(usual.status, 1);
  assert.match(usual.stderr, /no program whose sign-in to GitHub Copilot .*`opencompat login copilot --import FILE`/);
  assert.doesNotMatch(usual.stderr, /codex/i);
  const codex = join(setup.home, 'codex.json');
  await write(codex, { tokens: { access_token: 'a', refresh_token: 'r' } });
  const other = await run(t, setup, 'login', 'copilot', '--import', codex).ended;
  assert.match(other.stderr, /codex\.json holds no sign-in to GitHub Copilot/);
  const missing = await run(t, setup, 'login', 'copilot', '--import', join(setup.home, 'nowhere')).ended;
  assert.match(missing.stderr, /There is no file .*nowhere\.\n/);
});

test('a broken credential file stops a login before it begins', async (t) => {
  const setup = await setUp(t);
  await mkdir(dirname(setup.authFile), { recursive: true });
  await writeFile(setup.authFile, '{');
  for (const args of [['login'], ['login', '--device'], ['logout']]) {
    const { status, stderr } = await run(t, setup, ...args).ended;
    assert.equal(status, 1);
    assert.match(stderr, /auth\.json is not valid JSON/);
  }
  assert.equal(await readFile(setup.authFile, 'utf8'), '{');
  assert.equal(setup.auth.requests.length, 0);
});

test('a provider that does not exist is named, and those that do', async (t) => {
  const setup = await setUp(t);
  const { status, stderr } = await run(t, setup, 'login', 'nobody').ended;
  assert.equal(status, 1);
  assert.match(stderr, /There is no provider 'nobody'.*chatgpt, copilot/);
});

test('logout revokes the sign-in and removes it, and only it', async (t) => {
  const setup = await setUp(t);
  const tokens = setup.auth.signIn();
  const copilot = { type: 'oauth', refresh_token: 'gho_abc' };
  const chatgpt = { type: 'oauth', access_token: tokens.accessToken, refresh_token: tokens.refreshToken };
  await write(setup.authFile, { version: 1, chatgpt, copilot });
  const { status, stdout } = await run(t, setup, 'logout').ended;
  assert.equal(status, 0);
  assert.match(stdout, /Signed out of ChatGPT/);
  assert.equal(setup.auth.isLive(tokens.accessToken), false);
  const text = await readFile(setup.authFile, 'utf8');
  assert.deepEqual(JSON.parse(text), { version: 1, chatgpt: null, copilot });
  assert.match((await run(t, setup, 'logout').ended).stdout, /Not signed in to ChatGPT/);
  assert.equal(setup.auth.count('/oauth/revoke'), 1);
});

test('logout removes a sign-in that cannot be revoked, and says so', async (t) => {
  const setup = await setUp(t);
  await write(setup.authFile, codexFile(setup.auth.signIn()));
  setup.auth.fail('/oauth/revoke', { status: 503 });
  const { status, stdout, stderr } = await run(t, setup, 'logout').ended;
  assert.equal(status, 0);
  assert.match(stdout, /Signed out of ChatGPT/);
  assert.match(stderr, /could not be revoked at ChatGPT.*HTTP 503/);
  assert.deepEqual(JSON.parse(await readFile(setup.authFile, 'utf8')), { version: 1, chatgpt: null });
});

/** The backend's usage page; knows only the tokens that the sign-in server takes for good. */
async function serveUsage(t: TestContext, { auth, env }: Setup): Promise<void> {
  const backend = createServer((req, res) => {
    const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
    const isGood =
      auth.isLive(token) && req.headers['chatgpt-account-id'] === 'account-fake' && req.url === '/wham/usage';
    res.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' });
    const window = { used_percent: 12, limit_window_seconds: 18000, reset_at: 1790000000 };
    const weekly = { used_percent: 40, limit_window_seconds: 604800, reset_at: 1790600000 };
    const rate_limit = { allowed: true, primary_window: window, secondary_window: weekly };
    res.end(JSON.stringify(isGood ? { plan_type: 'pro', rate_limit } : { detail: 'Unauthorized' }));
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  t.after(() => backend.close());
  env.OPENCOMPAT_CHATGPT_BASE_URL = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
}

test('info shows the account, its plan, the token and the quota with local times', async (t) => {
  const setup = await setUp(t);
  await serveUsage(t, setup);
  await write(setup.authFile, codexFile(setup.auth.signIn()));
  const { status, stdout } = await run(t, setup, 'info').ended;
  assert.equal(status, 0);
  assert.match(stdout, /^Account +someone@example\.com, account-fake$/m);
  assert.match(stdout, /^Plan +pro$/m);
  assert.match(stdout, /^Token +valid until .+, then refreshed$/m);
  assert.match(stdout, /^Quota 5 hours +12 % used, resets Sep 21, 2026, 2:13.PM$/m);
  assert.match(stdout, /^Quota week +40 % used, resets Sep 28, 2026, 12:53.PM$/m);

  setup.env.TZ = 'Asia/Tokyo';
  assert.match((await run(t, setup, 'info').ended).stdout, /resets Sep 21, 2026, 11:13.PM$/m);
});

test('info --json is for programs', async (t) => {
  const setup = await setUp(t);
  await serveUsage(t, setup);
  await write(setup.authFile, codexFile(setup.auth.signIn()));
  const [info, ...others] = JSON.parse((await run(t, setup, 'info', '--json').ended).stdout);
  assert.deepEqual(others, []);
  assert.equal(info.provider, 'chatgpt');
  assert.equal(info.email, email);
  assert.equal(info.accountId, 'account-fake');
  assert.equal(info.planType, 'pro');
  assert.ok(Date.parse(info.expiresAt) > Date.now());
  assert.deepEqual(info.quota.windows.primary, { usedPercent: 12, windowMinutes: 300, resetAtEpochS: 1790000000 });
});

test('info refreshes what has ended or is rejected, and keeps it', async (t) => {
  const setup = await setUp(t);
  await serveUsage(t, setup);
  await write(setup.authFile, codexFile(setup.auth.signIn({ expiresInS: -60 })));
  assert.equal((await run(t, setup, 'info').ended).status, 0);
  assert.ok(setup.auth.isLive((await storedTokens(setup)).access_token as string));
  assert.equal(setup.auth.count('/oauth/token'), 1);

  const rejected = setup.auth.signIn();
  const foreign = codexFile({ ...rejected, accessToken: `${rejected.accessToken}x` });
  await write(setup.authFile, foreign);
  assert.equal((await run(t, setup, 'info').ended).status, 0);
  assert.equal(setup.auth.count('/oauth/token'), 2);
});

test('info says what it knows when the quota cannot be had', async (t) => {
  const setup = await setUp(t);
  setup.env.OPENCOMPAT_CHATGPT_BASE_URL = 'http://127.0.0.1:9';
  await write(setup.authFile, codexFile(setup.auth.signIn()));
  const { status, stdout } = await run(t, setup, 'info').ended;
  assert.equal(status, 0);
  assert.match(stdout, /^Plan +plus$/m);
  assert.match(stdout, /^Quota +not known: ChatGPT cannot be reached/m);
});

test('info without a sign-in fails and says what to do', async (t) => {
  const setup = await setUp(t);
  const none = await run(t, setup, 'info').ended;
  assert.equal(none.status, 1);
  assert.match(none.stderr, /not signed in to ChatGPT.*opencompat login/);
  const tokens = setup.auth.signIn({ expiresInS: -60 });
  setup.auth.endFamily(tokens.refreshToken, 'refresh_token_expired');
  await rm(dirname(setup.authFile), { recursive: true, force: true });
  await write(setup.authFile, codexFile(tokens));
  const ended = await run(t, setup, 'info', '--json').ended;
  assert.equal(ended.status, 1);
  assert.equal(ended.stdout, '');
  assert.match(ended.stderr, /no longer valid.*opencompat login/);
});
