import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CredentialFileError } from '../../../lib/auth/credential-file.ts';
import { type CredentialStore, FileCredentialStore } from '../../../lib/auth/credential-store.ts';
import { type ErrorCode, OpenCompatError } from '../../../lib/errors.ts';
import { type ChatGptCredentials, createChatGptCredentials } from '../../../lib/providers/chatgpt/credentials.ts';
import { Secret } from '../../../lib/secret.ts';
import { forkChild, makeDirectory, nextMessage } from '../../auth/support.ts';
import {
  type AuthFault,
  createFakeAuthServer,
  type FakeAuthServer,
  type FakeSignIn,
  type FakeTokenSet,
  fakeClientId,
} from '../../support/fake-auth-server.ts';
import { createRecordingLog } from '../../support/recording-log.ts';

const tokenPath = '/oauth/token';
const minuteMs = 60_000;

interface Setup {
  auth: FakeAuthServer;
  path: string;
  log: ReturnType<typeof createRecordingLog>;
  store: CredentialStore;
  /** Moves the clock of everyone. */
  advance(ms: number): void;
  open(options?: { store?: CredentialStore; fetch?: typeof fetch }): Promise<ChatGptCredentials>;
}

async function setUp(t: TestContext): Promise<Setup> {
  let nowMs = Date.now();
  const now = () => nowMs;
  const auth = await createFakeAuthServer({ now });
  t.after(() => auth.close());
  const path = join(await makeDirectory(t), 'auth.json');
  const log = createRecordingLog();
  const store = new FileCredentialStore({ path, log });
  t.after(() => assert.doesNotMatch(JSON.stringify(log.lines), /rt_|eyJ/, 'no token is ever logged'));
  const config = { chatgptAuthUrl: auth.url, oauthClientId: fakeClientId };
  return {
    auth,
    path,
    log,
    store,
    advance: (ms) => {
      nowMs += ms;
    },
    async open(options = {}) {
      const credentials = await createChatGptCredentials({ store, config, log, now, ...options });
      t.after(() => credentials.close());
      return credentials;
    },
  };
}

function write(path: string, { accessToken, refreshToken, idToken }: FakeTokenSet): Promise<void> {
  const entry = { type: 'oauth', access_token: accessToken, refresh_token: refreshToken, id_token: idToken };
  return writeFile(path, JSON.stringify({ version: 1, chatgpt: entry }));
}

/** A server signed in, with an access token that ends in so many minutes. */
async function setUpSignedIn(t: TestContext, minutes: number, who: FakeSignIn = {}) {
  const setup = await setUp(t);
  const tokens = setup.auth.signIn({ ...who, expiresInS: minutes * 60 });
  await write(setup.path, tokens);
  return { ...setup, tokens };
}

async function tokenOf(credential: Promise<{ accessToken: Secret }>): Promise<string> {
  return (await credential).accessToken.reveal();
}

function rejectsWith(promise: Promise<unknown>, code: ErrorCode, message = /./): Promise<void> {
  return assert.rejects(promise, (error) => {
    assert.ok(error instanceof OpenCompatError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('nothing there: an error that says what to do, until someone signs in', async (t) => {
  const { auth, path, open } = await setUp(t);
  const credentials = await open();
  assert.equal(credentials.peek(), undefined);
  await rejectsWith(credentials.get(), 'OC_NO_CREDENTIALS', /not signed in to ChatGPT.*opencompat login/);
  await rejectsWith(credentials.renew(new Secret('x')), 'OC_NO_CREDENTIALS');
  const tokens = auth.signIn();
  await write(path, tokens);
  assert.equal(await tokenOf(credentials.get()), tokens.accessToken);
  assert.equal(auth.requests.length, 0);
});

test('a credential says all that a request needs', async (t) => {
  const who = { email: 'a@example.com', accountId: 'account-7', planType: 'pro', isFedramp: true };
  const { tokens, open } = await setUpSignedIn(t, 60, who);
  const credential = await (await open()).get();
  const { accessToken, expiresAtEpochS, ...rest } = credential;
  assert.equal(accessToken.reveal(), tokens.accessToken);
  assert.ok(expiresAtEpochS! > Date.now() / 1000);
  assert.deepEqual(rest, who);
  assert.equal(JSON.stringify(credential).includes(tokens.accessToken), false);
});

test('with a good token the hot path touches neither file nor network', async (t) => {
  const { auth, store, open } = await setUpSignedIn(t, 60);
  let touches = 0;
  const counting = new Proxy(store, {
    get(target, key: keyof CredentialStore) {
      touches++;
      const member = target[key];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const credentials = await open({ store: counting });
  touches = 0;
  const first = await credentials.get();
  for (let count = 0; count < 100; count++) assert.equal(await credentials.get(), first);
  assert.equal(credentials.peek(), first);
  assert.equal(touches, 0);
  assert.equal(auth.requests.length, 0);
});

test('what another process writes is noticed without a restart', async (t) => {
  const { auth, path, advance, open, tokens } = await setUpSignedIn(t, 60);
  const credentials = await open();
  const other = auth.signIn({ accountId: 'account-2' });
  await write(path, other);
  assert.equal(await tokenOf(credentials.get()), tokens.accessToken);
  advance(5_000);
  await until(async () => (await tokenOf(credentials.get())) === other.accessToken);
  assert.equal(credentials.peek()?.accountId, 'account-2');
});

test('a sign-out elsewhere is noticed', async (t) => {
  const { store, advance, open } = await setUpSignedIn(t, 60);
  const credentials = await open();
  await store.update('chatgpt', async () => undefined);
  advance(5_000);
  await until(() =>
    credentials.get().then(
      () => false,
      () => true,
    ),
  );
  await rejectsWith(credentials.get(), 'OC_NO_CREDENTIALS');
});

test('a token about to end is refreshed first, once for all who ask, and kept before it is used', async (t) => {
  const { auth, path, store, tokens, open } = await setUpSignedIn(t, 4);
  const credentials = await open({
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      assert.equal((await store.read('chatgpt'))?.refreshToken?.reveal(), tokens.refreshToken);
      return response;
    },
  });
  const got = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const token = await tokenOf(credentials.get());
      return [token, (await store.read('chatgpt'))?.accessToken?.reveal()];
    }),
  );
  assert.equal(auth.count(tokenPath), 1);
  for (const [token, stored] of got) assert.equal(token, stored);
  assert.notEqual(got[0]![0], tokens.accessToken);
  assert.deepEqual(await readdir(dirname(path)), ['auth.json']);
});

test('a token with more than five minutes left is used as it is', async (t) => {
  const { auth, tokens, open } = await setUpSignedIn(t, 6);
  assert.equal(await tokenOf((await open()).get()), tokens.accessToken);
  assert.equal(auth.requests.length, 0);
});

test('eight processes with one file and one expiry make one refresh', async (t) => {
  const { auth, path } = await setUpSignedIn(t, 1);
  const args = [path, auth.url, fakeClientId];
  const children = Array.from({ length: 8 }, () => forkChild(t, 'get-credential.ts', args));
  await Promise.all(children.map((child) => nextMessage(child)));
  const answers = children.map((child) => nextMessage<{ accessToken: string }>(child));
  for (const child of children) child.send('go');
  const tokens = new Set((await Promise.all(answers)).map(({ accessToken }) => accessToken));
  assert.equal(tokens.size, 1);
  assert.ok(auth.isLive([...tokens][0]!));
  assert.equal(auth.count(tokenPath), 1);
});

test('servers of one process share the lock as well', async (t) => {
  const { auth, path, log, open } = await setUpSignedIn(t, 1);
  const all = await Promise.all([1, 2, 3].map(() => open({ store: new FileCredentialStore({ path, log }) })));
  const tokens = await Promise.all(all.map((credentials) => tokenOf(credentials.get())));
  assert.equal(new Set(tokens).size, 1);
  assert.equal(auth.count(tokenPath), 1);
});

const errorBody = (code: string) => JSON.stringify({ error: { message: 'No.', type: 'invalid_request_error', code } });

const permanent: Record<string, AuthFault> = {
  refresh_token_expired: { status: 401, body: errorBody('refresh_token_expired') },
  'refresh_token_expired as 400': { status: 400, body: errorBody('refresh_token_expired') },
  refresh_token_reused: { status: 401, body: errorBody('refresh_token_reused') },
  refresh_token_invalidated: { status: 401, body: errorBody('refresh_token_invalidated') },
  'a code at the top': { status: 400, body: '{"code":"refresh_token_invalidated"}' },
  invalid_grant: { status: 400, body: '{"error":"invalid_grant","error_description":"No."}' },
  'an unknown 401': { status: 401, body: '{"detail":"Unauthorized"}' },
};

for (const [name, fault] of Object.entries(permanent)) {
  test(`${name}: the sign-in is over, and the server is not asked again`, async (t) => {
    const { auth, path, log, advance, open } = await setUpSignedIn(t, 2);
    const credentials = await open();
    auth.fail(tokenPath, fault);
    assert.ok(await credentials.get(), 'the access token serves to its end');
    assert.ok(credentials.peek());
    advance(3 * minuteMs);
    for (let count = 0; count < 3; count++) {
      await rejectsWith(
        credentials.get(),
        'OC_SIGN_IN_AGAIN',
        /sign-in to ChatGPT is no longer valid.*opencompat login/,
      );
      await credentials.refreshIfDue();
    }
    assert.equal(credentials.peek(), undefined);
    assert.equal(auth.requests.length, 1);
    assert.equal(log.lines.filter(({ level }) => level === 'error').length, 1);

    const tokens = auth.signIn();
    await write(path, tokens);
    assert.equal(await tokenOf(credentials.get()), tokens.accessToken);
  });
}

test('reused, and another program has written the newer token: that one is used', async (t) => {
  const { auth, path, tokens, open } = await setUpSignedIn(t, 1);
  const newer = auth.signIn();
  const credentials = await open({
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      await write(path, newer);
      return response;
    },
  });
  auth.fail(tokenPath, { status: 401, body: errorBody('refresh_token_reused') });
  assert.equal(await tokenOf(credentials.get()), newer.accessToken);
  assert.equal(auth.requests.length, 1);
  assert.equal(auth.requests[0]!.parameters.refresh_token, tokens.refreshToken);
});

const transient: Record<string, AuthFault[]> = {
  'HTTP 500': [{ status: 500, body: 'oops' }],
  'HTTP 503': [{ status: 503 }],
  'HTTP 429': [{ status: 429, body: errorBody('rate_limit_exceeded') }],
  'a page of a CDN': [{ status: 403, body: '<html>Just a moment...</html>' }],
  'a page instead of tokens': [{ status: 200, body: '<html>Log in to the hotel’s network</html>' }],
  'a redirect': [{ status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
  'a network that fails twice': [{ cut: 'before' }, { cut: 'before' }],
};

for (const [name, faults] of Object.entries(transient)) {
  test(`${name}: the token serves to its end, and the server is asked again later`, async (t) => {
    const { auth, tokens, advance, open } = await setUpSignedIn(t, 2);
    const credentials = await open();
    auth.fail(tokenPath, ...faults);
    for (let count = 0; count < 5; count++) assert.equal(await tokenOf(credentials.get()), tokens.accessToken);
    assert.equal(auth.requests.length, faults.length, 'not asked again at once');
    advance(6_000);
    assert.notEqual(await tokenOf(credentials.get()), tokens.accessToken);
    assert.equal(auth.count(tokenPath, 200), name === 'a page instead of tokens' ? 2 : 1);
  });
}

test('the wait doubles with each failure, and an error says how long it is', async (t) => {
  const { auth, advance, open } = await setUpSignedIn(t, -1);
  const credentials = await open();
  for (const waitS of [5, 10, 20, 30, 30]) {
    auth.fail(tokenPath, { status: 503 });
    for (let count = 0; count < 2; count++) {
      await assert.rejects(credentials.get(), (error: OpenCompatError) => {
        assert.equal(error.code, 'OC_UPSTREAM_UNREACHABLE');
        assert.match(error.message, /ChatGPT cannot be reached: the sign-in server answered HTTP 503/);
        assert.equal(error.headers['retry-after'], String(waitS));
        return true;
      });
    }
    advance(waitS * 1000);
  }
  assert.equal(auth.requests.length, 5);
  assert.ok(await credentials.get());
});

test('Retry-After is honoured', async (t) => {
  const { auth, advance, open } = await setUpSignedIn(t, -1);
  const credentials = await open();
  auth.fail(tokenPath, { status: 429, headers: { 'retry-after': '90' } });
  await rejectsWith(credentials.get(), 'OC_UPSTREAM_UNREACHABLE');
  advance(89_000);
  await rejectsWith(credentials.get(), 'OC_UPSTREAM_UNREACHABLE');
  assert.equal(auth.requests.length, 1);
  advance(1_000);
  assert.ok(await credentials.get());
});

test('a connection that fails before the server acts is tried once more', async (t) => {
  const { auth, tokens, open } = await setUpSignedIn(t, -1);
  auth.fail(tokenPath, { cut: 'before' });
  assert.notEqual(await tokenOf((await open()).get()), tokens.accessToken);
  const used = auth.requests.map(({ parameters }) => parameters.refresh_token);
  assert.deepEqual(used, [tokens.refreshToken, tokens.refreshToken]);
});

test('a connection cut after the server has acted: the new token is lost, and that is said', async (t) => {
  const { auth, open } = await setUpSignedIn(t, -1);
  auth.fail(tokenPath, { cut: 'after' });
  const credentials = await open();
  await rejectsWith(credentials.get(), 'OC_SIGN_IN_AGAIN');
  await rejectsWith(credentials.get(), 'OC_SIGN_IN_AGAIN');
  assert.equal(auth.requests.length, 2);
});

test('an answer without a refresh token keeps the old one', async (t) => {
  const { auth, store, tokens, open } = await setUpSignedIn(t, -1);
  const next = auth.signIn();
  auth.fail(tokenPath, { status: 200, body: JSON.stringify({ access_token: next.accessToken }) });
  assert.equal(await tokenOf((await open()).get()), next.accessToken);
  const stored = await store.read('chatgpt');
  assert.equal(stored?.refreshToken?.reveal(), tokens.refreshToken);
  assert.equal(stored?.idToken?.reveal(), tokens.idToken);
});

test('an answer without an access token keeps what it has, and waits before asking again', async (t) => {
  const { auth, store, open } = await setUpSignedIn(t, -1);
  auth.fail(tokenPath, { status: 200, body: '{"refresh_token":"rotated"}' });
  const credentials = await open();
  await rejectsWith(credentials.get(), 'OC_UPSTREAM_UNREACHABLE', /no new access token/);
  await rejectsWith(credentials.get(), 'OC_UPSTREAM_UNREACHABLE');
  assert.equal(auth.requests.length, 1);
  assert.equal((await store.read('chatgpt'))?.refreshToken?.reveal(), 'rotated');
});

test('tokens that live for a minute are refreshed when they have ended, not for each request', async (t) => {
  const { auth, advance, open } = await setUpSignedIn(t, -1, { refreshedExpiresInS: 60 });
  const credentials = await open();
  for (let count = 0; count < 5; count++) assert.ok(await credentials.get());
  assert.equal(auth.requests.length, 1);
  advance(minuteMs);
  assert.ok(await credentials.get());
  assert.equal(auth.requests.length, 2);
});

test('a clock far ahead is named, and does not make us ask for each request', async (t) => {
  const { auth, open } = await setUpSignedIn(t, -1, { refreshedExpiresInS: -3600 });
  const credentials = await open();
  for (let count = 0; count < 5; count++) {
    await rejectsWith(credentials.get(), 'OC_UPSTREAM_UNREACHABLE', /check this machine's clock/);
  }
  assert.equal(auth.requests.length, 1);
});

test('a token that does not say when it ends is refreshed when it is eight days old', async (t) => {
  const { auth, path, advance, open } = await setUp(t);
  const last_refresh = new Date().toISOString();
  const { refreshToken } = auth.signIn();
  const chatgpt = { access_token: 'opaque', refresh_token: refreshToken, last_refresh };
  await writeFile(path, JSON.stringify({ version: 1, chatgpt }));
  const credentials = await open();
  advance(7 * 24 * 60 * minuteMs);
  assert.equal(await tokenOf(credentials.get()), 'opaque');
  advance(25 * 60 * minuteMs);
  assert.notEqual(await tokenOf(credentials.get()), 'opaque');
  assert.equal(auth.requests.length, 1);
});

test('a token without a refresh token serves until it ends', async (t) => {
  const { auth, path, advance, open } = await setUp(t);
  const { accessToken } = auth.signIn({ expiresInS: 60 });
  await writeFile(path, JSON.stringify({ tokens: { access_token: accessToken } }));
  const credentials = await open();
  assert.equal(await tokenOf(credentials.get()), accessToken);
  advance(2 * minuteMs);
  await rejectsWith(credentials.get(), 'OC_SIGN_IN_AGAIN');
  assert.equal(auth.requests.length, 0);
});

test('renew: all who were rejected get the token of one refresh', async (t) => {
  const { auth, store, tokens, open } = await setUpSignedIn(t, 60);
  const credentials = await open();
  const { accessToken: rejected } = await credentials.get();
  const renewed = await Promise.all(Array.from({ length: 10 }, () => tokenOf(credentials.renew(rejected))));
  assert.equal(new Set(renewed).size, 1);
  assert.notEqual(renewed[0], tokens.accessToken);
  assert.equal(await tokenOf(credentials.renew(rejected)), renewed[0], 'late ones as well');
  assert.equal(auth.count(tokenPath), 1);
  assert.equal((await store.read('chatgpt'))?.accessToken?.reveal(), renewed[0]);
});

test('renew: another process’s token is adopted instead of asking', async (t) => {
  const { auth, path, open } = await setUpSignedIn(t, 60);
  const credentials = await open();
  const { accessToken: rejected } = await credentials.get();
  const other = auth.signIn();
  await write(path, other);
  assert.equal(await tokenOf(credentials.renew(rejected)), other.accessToken);
  assert.equal(auth.requests.length, 0);
});

test('renew: a request never changes its account under way; the next one has the new account', async (t) => {
  const { auth, path, open } = await setUpSignedIn(t, 60);
  const credentials = await open();
  const { accessToken: rejected } = await credentials.get();
  const other = auth.signIn({ accountId: 'account-2' });
  await write(path, other);
  await rejectsWith(credentials.renew(rejected), 'OC_UPSTREAM_ERROR', /another ChatGPT account/);
  assert.equal(await tokenOf(credentials.get()), other.accessToken);
  assert.equal(auth.requests.length, 0);
});

test('renew: a family that is gone is neither sent nor refreshed again', async (t) => {
  const { auth, tokens, open } = await setUpSignedIn(t, 60);
  const credentials = await open();
  auth.endFamily(tokens.refreshToken, 'refresh_token_invalidated');
  await rejectsWith(credentials.renew(new Secret(tokens.accessToken)), 'OC_SIGN_IN_AGAIN');
  await rejectsWith(credentials.get(), 'OC_SIGN_IN_AGAIN');
  await rejectsWith(credentials.renew(new Secret(tokens.accessToken)), 'OC_SIGN_IN_AGAIN');
  assert.equal(credentials.peek(), undefined);
  assert.equal(auth.requests.length, 1);
});

test('renew: however many requests had one just-refreshed token, its rejection counts once', async (t) => {
  const { auth, open } = await setUpSignedIn(t, -1);
  const credentials = await open();
  const { accessToken } = await credentials.get();
  const renewed = await Promise.all(Array.from({ length: 30 }, () => tokenOf(credentials.renew(accessToken))));
  assert.equal(new Set(renewed).size, 1);
  assert.notEqual(renewed[0], accessToken.reveal());
  assert.equal(auth.count(tokenPath), 2);
});

test('however long the sign-in server was away, requests are served within 30 seconds of its return', async (t) => {
  const { auth, advance, open } = await setUpSignedIn(t, -1);
  const credentials = await open();
  for (let failures = 0; failures < 12; failures++) {
    auth.fail(tokenPath, { status: 503 });
    const waitS = await credentials.get().then(
      () => assert.fail('the server is away'),
      (error: OpenCompatError) => Number(error.headers['retry-after']),
    );
    assert.ok(waitS <= 30, `a client is told to wait for ${waitS} seconds`);
    advance(waitS * 1000);
  }
  assert.equal(auth.requests.length, 12);
  assert.ok(await credentials.get());
});

test('while nobody asks, the schedule asks an absent sign-in server ever less often', async (t) => {
  const { auth, advance, open } = await setUpSignedIn(t, -1);
  const credentials = await open();
  auth.fail(tokenPath, ...Array.from({ length: 30 }, () => ({ status: 503 })));
  for (let minute = 0; minute < 30; minute++) {
    await credentials.refreshIfDue();
    advance(minuteMs);
  }
  assert.ok(auth.requests.length <= 12, `${auth.requests.length} questions in half an hour`);
});

test('renew: a backend that rejects every fresh token does not make us ask for ever', async (t) => {
  const { auth, advance, open } = await setUpSignedIn(t, 60);
  const credentials = await open();
  let { accessToken } = await credentials.get();
  for (let count = 0; count < 4; count++) ({ accessToken } = await credentials.renew(accessToken));
  await rejectsWith(credentials.renew(accessToken), 'OC_SIGN_IN_AGAIN');
  assert.equal(auth.requests.length, 4);
  advance(2 * minuteMs);
  assert.ok(await credentials.renew(accessToken));
});

test('the schedule refreshes ahead of every request', async (t) => {
  const { auth, advance, open } = await setUpSignedIn(t, 30);
  const credentials = await open();
  await credentials.refreshIfDue();
  assert.equal(auth.requests.length, 0);
  advance(20 * minuteMs);
  await credentials.refreshIfDue();
  await credentials.refreshIfDue();
  assert.equal(auth.requests.length, 1);
  assert.ok(auth.isLive(credentials.peek()!.accessToken.reveal()));
});

test('the schedule never throws', async (t) => {
  const { auth, path, advance, open } = await setUp(t);
  const credentials = await open();
  await credentials.refreshIfDue();
  await writeFile(path, 'broken');
  await credentials.refreshIfDue();
  await write(path, auth.signIn({ expiresInS: 60 }));
  auth.fail(tokenPath, { status: 500 });
  await credentials.refreshIfDue();
  assert.equal(auth.count(tokenPath, 500), 1);
  advance(10_000);
  await credentials.refreshIfDue();
  assert.equal(auth.count(tokenPath, 200), 1);
});

test('a broken file is named in the log, never touched, and its repair is noticed', async (t) => {
  const { auth, path, log, open } = await setUp(t);
  await writeFile(path, '{"version":1,');
  const credentials = await open();
  await rejectsWith(credentials.get(), 'OC_CREDENTIALS_UNREADABLE');
  assert.equal(credentials.isUnreadable(), true);
  const reasons = log.lines.map(({ fields }) => fields?.reason);
  assert.deepEqual(reasons, [`${path} is not valid JSON. Repair it, or move it away and run \`opencompat login\`.`]);
  assert.equal(await readFile(path, 'utf8'), '{"version":1,');
  const tokens = auth.signIn();
  await write(path, tokens);
  assert.equal(await tokenOf(credentials.get()), tokens.accessToken);
  assert.equal(credentials.isUnreadable(), false);
});

test('a file that breaks under a running server does not stop it', async (t) => {
  const { path, tokens, advance, open } = await setUpSignedIn(t, 60);
  const credentials = await open();
  await writeFile(path, 'broken');
  for (let count = 0; count < 5; count++) {
    advance(5_000);
    assert.equal(await tokenOf(credentials.get()), tokens.accessToken);
    await credentials.refreshIfDue();
  }
});

test('where nothing can be saved, the refreshed token is used from memory, and its successors too', async (t) => {
  const { auth, path, log, store, tokens, advance, open } = await setUpSignedIn(t, 1);
  let isFull = true;
  class FullStore extends FileCredentialStore {
    override async update(...[provider, change]: Parameters<CredentialStore['update']>): Promise<void> {
      if (!isFull) return super.update(provider, change);
      await change(await this.read(provider));
      throw new CredentialFileError(`${path} cannot be written (EROFS).`);
    }
  }
  const credentials = await open({ store: new FullStore({ path, log }) });
  const errors = () => log.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields?.reason);
  const first = await tokenOf(credentials.get());
  assert.ok(auth.isLive(first));
  advance(6_000);
  assert.equal(await tokenOf(credentials.get()), first, 'the old token in the file is not taken back');

  await credentials.refreshIfDue();
  const second = await tokenOf(credentials.renew(new Secret(first)));
  assert.ok(auth.isLive(second), 'refreshed with the token in memory');
  assert.deepEqual(errors(), [`${path} cannot be written (EROFS).`], 'said once');
  assert.equal((await store.read('chatgpt'))?.refreshToken?.reveal(), tokens.refreshToken);

  isFull = false;
  await credentials.refreshIfDue();
  assert.equal((await store.read('chatgpt'))?.accessToken?.reveal(), second, 'saved as soon as it can be');
  assert.deepEqual([auth.count(tokenPath, 200), auth.count(tokenPath)], [2, 2]);
});

test('a directory that cannot be written, as a mounted secret, is good enough to serve', async (t) => {
  const { auth, path, tokens } = await setUpSignedIn(t, 1);
  await chmod(path, 0o444);
  await chmod(dirname(path), 0o555);
  // Root may write anywhere, so as root the child becomes somebody else.
  const user = process.getuid!() === 0 ? ['65534'] : [];
  const child = forkChild(t, 'get-credential.ts', [path, auth.url, fakeClientId, ...user]);
  await nextMessage(child);
  for (let count = 0; count < 2; count++) {
    child.send('go');
    const { accessToken, log } = await nextMessage<{ accessToken: string; log: { level: string; fields: object }[] }>(
      child,
    );
    assert.ok(auth.isLive(accessToken));
    const errors = log.filter(({ level }) => level === 'error').map(({ fields }) => JSON.stringify(fields));
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /auth\.json cannot be written \(EACCES\)/);
  }
  assert.equal(auth.count(tokenPath), 1);
  assert.equal(JSON.parse(await readFile(path, 'utf8')).chatgpt.refresh_token, tokens.refreshToken);
  assert.deepEqual(await readdir(dirname(path)), ['auth.json']);
  assert.equal((await stat(dirname(path))).mode & 0o777, 0o555);
  await chmod(dirname(path), 0o755);
});

test('http is refused for a sign-in server that is not on this machine', async (t) => {
  const { store, log } = await setUp(t);
  const config = { chatgptAuthUrl: 'http://auth.example.com', oauthClientId: fakeClientId };
  await assert.rejects(createChatGptCredentials({ store, config, log }), /must be https/);
});
