import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileCredentialStore } from '../../../lib/auth/credential-store.ts';
import { type ErrorCode, OpenCompatError } from '../../../lib/errors.ts';
import { createCopilotCredentials } from '../../../lib/providers/copilot/credentials.ts';
import { copilotHeaders } from '../../../lib/providers/copilot/headers.ts';
import { Secret } from '../../../lib/secret.ts';
import { makeDirectory } from '../../auth/support.ts';
import { createFakeCopilot, type FakeCopilot, fakeCopilotClientId } from '../../support/fake-copilot.ts';
import { createRecordingLog } from '../../support/recording-log.ts';

const tokenPath = '/copilot_internal/v2/token';
const headers = copilotHeaders({
  copilotApiVersion: '2026-08-01',
  copilotEditorVersion: 'vscode/1.111.0',
  copilotIntegrationId: 'vscode-chat',
  copilotPluginVersion: 'copilot-chat/0.42.0',
});

async function setUp(t: TestContext, { isSignedIn = true } = {}) {
  const github = await createFakeCopilot();
  t.after(() => github.close());
  const path = join(await makeDirectory(t), 'auth.json');
  const clock = { nowMs: Date.UTC(2026, 10, 23) };
  const log = createRecordingLog();
  t.after(() => assert.doesNotMatch(JSON.stringify(log.lines), /gho_|tid=/, 'no token is ever logged'));
  const signIn = (token: string | undefined) =>
    writeFile(
      path,
      JSON.stringify({ version: 1, copilot: token === undefined ? null : { type: 'oauth', refresh_token: token } }),
    );
  if (isSignedIn) await signIn(github.gitHubToken);
  const credentials = await createCopilotCredentials({
    store: new FileCredentialStore({ path, log }),
    config: { githubUrl: github.url, githubApiUrl: github.url, copilotClientId: fakeCopilotClientId },
    headers,
    log,
    now: () => clock.nowMs,
  });
  t.after(() => credentials.close());
  const advance = (seconds: number) => {
    clock.nowMs += seconds * 1000;
  };
  return { github, credentials, signIn, advance, log, path };
}

const textOf = ({ token }: { token: Secret }) => token.reveal();

function rejectsWith(promise: Promise<unknown>, code: ErrorCode, message = /./): Promise<void> {
  return assert.rejects(promise, (error) => {
    assert.ok(error instanceof OpenCompatError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(JSON.stringify(error), /gho_|tid=/);
    return true;
  });
}

/** Until the exchanges that are held back have arrived. */
async function arrived(github: FakeCopilot, count: number): Promise<void> {
  while (github.count(tokenPath) < count) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('the GitHub token is exchanged once for all who ask, and the result is kept', async (t) => {
  const { github, credentials } = await setUp(t);
  assert.ok(credentials.peek());
  assert.equal(github.count(tokenPath), 0, 'nothing is asked before it is needed');
  const tokens = await Promise.all(Array.from({ length: 10 }, () => credentials.get()));
  assert.equal(new Set(tokens.map(textOf)).size, 1);
  assert.equal(tokens[0]!.apiUrl, github.backendUrl);
  assert.equal(tokens[0]!.sku, 'copilot_pro');
  assert.equal(textOf(await credentials.get()), textOf(tokens[0]!));
  assert.equal(github.count(tokenPath), 1);
});

test('a token is replaced a minute before its time by the own clock, whatever GitHub’s clock says', async (t) => {
  const { github, credentials, advance } = await setUp(t);
  const first = textOf(await credentials.get());
  advance(1439);
  assert.equal(textOf(await credentials.get()), first);
  advance(1);
  const second = await Promise.all([credentials.get(), credentials.get()]);
  assert.notEqual(textOf(second[0]!), first);
  assert.equal(github.count(tokenPath), 2);
});

test('the schedule replaces it, too, and gets the first one', async (t) => {
  const { github, credentials, advance } = await setUp(t);
  await credentials.refreshIfDue();
  await credentials.refreshIfDue();
  assert.equal(github.count(tokenPath), 1);
  advance(1440);
  await credentials.refreshIfDue();
  assert.equal(github.count(tokenPath), 2);
});

test('while GitHub cannot be asked, the token serves on, and GitHub is asked ever less often', async (t) => {
  const { github, credentials, advance } = await setUp(t);
  const first = textOf(await credentials.get());
  advance(1440);
  github.answerOnce(tokenPath, { status: 503, body: 'oops' });
  assert.equal(textOf(await credentials.get()), first);
  assert.equal(textOf(await credentials.get()), first);
  assert.equal(github.count(tokenPath), 2, 'not at once again');
  advance(5);
  assert.notEqual(textOf(await credentials.get()), first);
});

test('however long GitHub was away, requests are served within 30 seconds of its return', async (t) => {
  const { github, credentials, advance } = await setUp(t);
  for (let failures = 0; failures < 12; failures++) {
    github.answerOnce(tokenPath, { status: 503, body: 'oops' });
    await rejectsWith(credentials.get(), 'OC_UPSTREAM_UNREACHABLE');
    advance(30);
  }
  assert.equal(github.count(tokenPath), 12);
  assert.ok(await credentials.get());
});

test('without a token, GitHub’s trouble is told with the time to come back', async (t) => {
  const { github, credentials, advance } = await setUp(t);
  github.answerOnce(tokenPath, { status: 429, body: { message: 'slow' }, headers: { 'retry-after': '30' } });
  await rejectsWith(credentials.get(), 'OC_UPSTREAM_UNREACHABLE', /HTTP 429: slow/);
  advance(20);
  await assert.rejects(credentials.get(), { retryAfterS: 10 });
  assert.equal(github.count(tokenPath), 1);
  advance(10);
  assert.ok(textOf(await credentials.get()));
});

test('an answer that is none is GitHub’s trouble', async (t) => {
  const { github, credentials } = await setUp(t);
  github.answerOnce(tokenPath, { status: 200, body: { token: 'two\nlines' } });
  await rejectsWith(credentials.get(), 'OC_UPSTREAM_UNREACHABLE', /not a Copilot token/);
});

test('a rejected token is replaced once for all who had it', async (t) => {
  const { github, credentials } = await setUp(t);
  const { token } = await credentials.get();
  const renewed = await Promise.all(Array.from({ length: 10 }, () => credentials.renew(token)));
  assert.equal(new Set(renewed.map((entry) => textOf(entry!))).size, 1);
  assert.equal(github.count(tokenPath), 2);
  assert.equal(textOf((await credentials.renew(token))!), textOf(renewed[0]!), 'a latecomer takes what is there');
  assert.equal(github.count(tokenPath), 2);
});

test('tokens that are rejected as soon as they are got are not fetched without end', async (t) => {
  const { github, credentials, advance } = await setUp(t);
  let token = (await credentials.get()).token;
  for (let renewal = 1; renewal <= 3; renewal++) token = (await credentials.renew(token))!.token;
  assert.equal(await credentials.renew(token), undefined);
  assert.equal(await credentials.renew(token), undefined);
  assert.equal(github.count(tokenPath), 4);
  advance(60);
  const later = (await credentials.get()).token;
  assert.equal(later.reveal(), token.reveal());
});

test('however many requests had one young token, its rejection counts once', async (t) => {
  const { github, credentials } = await setUp(t);
  const { token } = await credentials.get();
  const renewed = await Promise.all(Array.from({ length: 30 }, () => credentials.renew(token)));
  assert.equal(new Set(renewed.map((entry) => textOf(entry!))).size, 1);
  assert.equal(github.count(tokenPath), 2);
});

test('a revoked GitHub token is not sent again; a new sign-in is found at once', async (t) => {
  const { github, credentials, signIn, log } = await setUp(t);
  github.revoke();
  await rejectsWith(credentials.get(), 'OC_SIGN_IN_AGAIN', /opencompat login copilot/);
  await rejectsWith(credentials.renew(new Secret('x')), 'OC_SIGN_IN_AGAIN');
  await credentials.refreshIfDue();
  assert.equal(github.count(tokenPath), 1);
  assert.equal(credentials.peek(), undefined);
  assert.equal(credentials.exists(), true);
  assert.match(JSON.stringify(log.lines), /opencompat login copilot/);
  await signIn(github.signIn());
  assert.ok(await credentials.get());
  assert.ok(credentials.peek());
});

test('who has no Copilot is told what GitHub says, with its address', async (t) => {
  const { github, credentials, advance } = await setUp(t);
  const body = {
    can_signup_for_limited: true,
    error_details: {
      message: 'No access to GitHub Copilot found. You are currently logged in as someone.',
      notification_id: 'no_copilot_access',
      title: 'Signup for GitHub Copilot',
      url: 'https://github.com/github-copilot/signup',
    },
    message: 'Resource not accessible by integration',
  };
  github.answerOnce(tokenPath, { status: 403, body });
  const told = /No access to GitHub Copilot found.*https:\/\/github\.com\/github-copilot\/signup/;
  await rejectsWith(credentials.get(), 'OC_FORBIDDEN', told);
  await rejectsWith(credentials.get(), 'OC_FORBIDDEN', told);
  assert.equal(github.count(tokenPath), 1, 'that does not change in seconds');
  advance(60);
  assert.ok(await credentials.get());
});

test('an address that is not safe to ask, or to show, is left out', async (t) => {
  const { github, credentials } = await setUp(t);
  const url = 'javascript:alert(1)';
  github.answerOnce(tokenPath, { status: 403, body: { error_details: { message: 'No.', url } } });
  await assert.rejects(credentials.get(), { message: 'No.' });
  const other = await setUp(t);
  other.github.answerOnce(tokenPath, {
    status: 200,
    body: { token: 'tid=1', refresh_in: 1500, endpoints: { api: 'http://evil.example' } },
  });
  assert.equal((await other.credentials.get()).apiUrl, undefined);
});

test('signing out and in elsewhere is followed, also while GitHub is asked', async (t) => {
  const { github, credentials, signIn, advance } = await setUp(t);
  const account = credentials.peek();
  const first = textOf(await credentials.get());
  await signIn(undefined);
  advance(3);
  await credentials.refreshIfDue();
  assert.equal(credentials.peek(), undefined);
  await rejectsWith(credentials.get(), 'OC_NO_CREDENTIALS', /opencompat login copilot/);

  await signIn(github.signIn());
  const { promise, resolve } = Promise.withResolvers<void>();
  github.answerOnce(tokenPath, { hold: promise });
  const slow = credentials.get();
  await arrived(github, 2);
  await signIn(github.signIn());
  advance(3);
  await credentials.refreshIfDue();
  const current = textOf(await credentials.get());
  resolve();
  assert.notEqual(textOf(await slow), current);
  assert.equal(textOf(await credentials.get()), current, 'a late answer for the account before does not replace it');
  assert.notEqual(current, first);
  assert.notEqual(credentials.peek(), account);
});

test('the file of OpenCompat 1.x beside it is a sign-in, until someone signs out', async (t) => {
  const { credentials, github, path, signIn, advance } = await setUp(t, { isSignedIn: false });
  const older = {
    type: 'oauth',
    access_token: '',
    refresh_token: github.gitHubToken,
    expires_at: '0001-01-01T00:00:00Z',
  };
  await writeFile(join(dirname(path), 'copilot.json'), JSON.stringify(older));
  assert.ok(await credentials.get());
  await signIn(undefined);
  advance(3);
  await credentials.refreshIfDue();
  await rejectsWith(credentials.get(), 'OC_NO_CREDENTIALS');
});

test('nothing there: an error that says what to do', async (t) => {
  const { credentials, github, signIn } = await setUp(t, { isSignedIn: false });
  assert.equal(credentials.exists(), false);
  await rejectsWith(
    credentials.get(),
    'OC_NO_CREDENTIALS',
    /not signed in to GitHub Copilot.*opencompat login copilot/,
  );
  await rejectsWith(credentials.getGitHubToken(), 'OC_NO_CREDENTIALS');
  await signIn(github.gitHubToken);
  assert.equal((await credentials.getGitHubToken()).reveal(), github.gitHubToken);
});

test('a file that cannot be read is told so', async (t) => {
  const { credentials, path } = await setUp(t, { isSignedIn: false });
  await writeFile(path, '{');
  await rejectsWith(credentials.get(), 'OC_CREDENTIALS_UNREADABLE');
  assert.equal(credentials.isUnreadable(), true);
});
