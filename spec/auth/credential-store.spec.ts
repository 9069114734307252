import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CredentialFileError, type StoredCredential } from '../../lib/auth/credential-file.ts';
import { type CredentialStore, FileCredentialStore } from '../../lib/auth/credential-store.ts';
import { Secret } from '../../lib/secret.ts';
import { createFakeJwt } from '../support/fake-auth-server.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { makeDirectory } from './support.ts';

const expS = 1800000000;
const accessToken = createFakeJwt({
  exp: expS,
  sub: 'auth0|someone',
  'https://api.openai.com/auth': { chatgpt_account_id: 'account-1', chatgpt_user_id: 'user-1' },
  'https://api.openai.com/profile': { email: 'someone@example.com' },
});
const opaque = { accessToken: 'opaque-access', refreshToken: 'rt-opaque' };

async function openStore(t: TestContext, files: Record<string, unknown> = {}): Promise<CredentialStore> {
  const directory = join(await makeDirectory(t), 'opencompat');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return new FileCredentialStore({ path: join(directory, 'auth.json'), log: createRecordingLog() });
}

async function contentOf(store: CredentialStore): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(store.path, 'utf8'));
}

/** With secrets shown. */
function reveal(credential: StoredCredential | undefined): Record<string, unknown> | undefined {
  const entries = Object.entries(credential ?? {}).filter(([, value]) => value !== undefined);
  const shown = entries.map(([key, value]) => [key, value instanceof Secret ? value.reveal() : value]);
  return credential && Object.fromEntries(shown);
}

const refreshed: StoredCredential = {
  accessToken: new Secret('next-access'),
  refreshToken: new Secret('rt-next'),
  expiresAtEpochS: 1900000000,
  accountId: 'account-1',
};
const refreshedEntry = {
  type: 'oauth',
  access_token: 'next-access',
  refresh_token: 'rt-next',
  expires_at: '2030-03-17T17:46:40.000Z',
  account_id: 'account-1',
};

test('no file, no sign-in', async (t) => {
  const store = await openStore(t);
  assert.equal(await store.read('chatgpt'), undefined);
});

test('what is written is read again, by its owner alone', async (t) => {
  const store = await openStore(t);
  await store.update('chatgpt', async (current) => {
    assert.equal(current, undefined);
    return refreshed;
  });
  assert.deepEqual(reveal(await store.read('chatgpt')), reveal(refreshed));
  assert.deepEqual(await contentOf(store), { version: 1, chatgpt: refreshedEntry });
  assert.equal((await stat(store.path)).mode & 0o777, 0o600);
  assert.equal((await stat(dirname(store.path))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(dirname(store.path)), ['auth.json'], 'neither lock nor temporary file stays');
});

const foreignForms: Record<string, { file: object; expected: object; provider?: 'copilot' }> = {
  'Codex CLI': {
    file: {
      auth_mode: 'chatgpt',
      OPENAI_API_KEY: null,
      tokens: { id_token: 'id', access_token: accessToken, refresh_token: 'rt-1', account_id: 'account-1' },
      last_refresh: '2026-11-20T10:00:00.000000Z',
    },
    expected: { accessToken, refreshToken: 'rt-1', idToken: 'id', lastRefreshEpochS: 1795168800 },
  },
  ChatMock: {
    file: { tokens: { access_token: accessToken, refresh_token: 'rt-1' }, last_refresh: '2026-11-20T10:00:00Z' },
    expected: { accessToken, refreshToken: 'rt-1', lastRefreshEpochS: 1795168800 },
  },
  CLIProxyAPI: {
    file: {
      type: 'codex',
      access_token: accessToken,
      refresh_token: 'rt-1',
      account_id: 'account-1',
      expired: '2026-11-01T00:00:00Z',
      last_refresh: '2026-11-20T11:00:00+01:00',
    },
    expected: { accessToken, refreshToken: 'rt-1', lastRefreshEpochS: 1795168800 },
  },
  'OpenCompat 1.x': {
    file: {
      type: 'oauth',
      access_token: accessToken,
      refresh_token: 'rt-1',
      expires_at: '2026-11-23T05:00:00.123+01:00',
      account_id: 'account-1',
    },
    expected: { accessToken, refreshToken: 'rt-1' },
  },
  'OpenCompat 1.x, Copilot': {
    file: { type: 'oauth', access_token: '', refresh_token: 'gho_abc', expires_at: '0001-01-01T00:00:00Z' },
    expected: { refreshToken: 'gho_abc' },
    provider: 'copilot',
  },
};

for (const [program, { file, expected, provider = 'chatgpt' }] of Object.entries(foreignForms)) {
  const claims =
    provider === 'chatgpt' ? { expiresAtEpochS: expS, accountId: 'account-1', email: 'someone@example.com' } : {};

  test(`the form of ${program} is read, and left alone by reading`, async (t) => {
    const store = await openStore(t, { 'auth.json': file });
    assert.deepEqual(reveal(await store.read(provider)), { ...claims, ...expected });
    assert.deepEqual(await contentOf(store), file);
  });

  test(`the form of ${program} becomes ours at the first change`, async (t) => {
    const store = await openStore(t, { 'auth.json': file });
    await store.update(provider, async () => refreshed);
    assert.deepEqual(await contentOf(store), { version: 1, [provider]: refreshedEntry });
  });
}

test('an API key beside the tokens in Codex CLI’s file is not lost', async (t) => {
  const tokens = { access_token: accessToken, refresh_token: 'rt-1' };
  const store = await openStore(t, { 'auth.json': { OPENAI_API_KEY: 'sk-mine', tokens } });
  await store.update('chatgpt', async () => refreshed);
  assert.deepEqual(await contentOf(store), { OPENAI_API_KEY: 'sk-mine', version: 1, chatgpt: refreshedEntry });
});

test('the expiry that a file names is used only where the token is silent', async (t) => {
  const entry = { type: 'oauth', access_token: 'opaque', refresh_token: 'rt', expires_at: '2026-11-23T05:00:00Z' };
  const silent = await openStore(t, { 'auth.json': { version: 1, chatgpt: entry } });
  assert.equal((await silent.read('chatgpt'))?.expiresAtEpochS, Date.UTC(2026, 10, 23, 5) / 1000);
  const telling = await openStore(t, { 'auth.json': { version: 1, chatgpt: { ...entry, access_token: accessToken } } });
  assert.equal((await telling.read('chatgpt'))?.expiresAtEpochS, expS);
});

test('a user’s id that 1.x stored as the account’s is not used', async (t) => {
  const token = createFakeJwt({ sub: 'auth0|someone', 'https://api.openai.com/auth': { user_id: 'user-1' } });
  for (const id of ['user-1', 'auth0|someone']) {
    const store = await openStore(t, { 'auth.json': { type: 'oauth', access_token: token, account_id: id } });
    assert.equal((await store.read('chatgpt'))?.accountId, undefined);
  }
});

const older = {
  'chatgpt.json': { type: 'oauth', access_token: opaque.accessToken, refresh_token: opaque.refreshToken },
  'copilot.json': { type: 'oauth', access_token: '', refresh_token: 'gho_abc', expires_at: '0001-01-01T00:00:00Z' },
};

test('the files of 1.x are read while auth.json has no entry', async (t) => {
  const store = await openStore(t, older);
  assert.deepEqual(reveal(await store.read('chatgpt')), opaque);
  assert.deepEqual(reveal(await store.read('copilot')), { refreshToken: 'gho_abc' });
});

test('a change goes to auth.json, which then counts; the files of 1.x stay as they are', async (t) => {
  const store = await openStore(t, older);
  await store.update('chatgpt', async (current) => {
    assert.deepEqual(reveal(current), opaque);
    return refreshed;
  });
  assert.equal((await store.read('chatgpt'))?.refreshToken?.reveal(), 'rt-next');
  assert.deepEqual(reveal(await store.read('copilot')), { refreshToken: 'gho_abc' });
  const text = await readFile(join(dirname(store.path), 'chatgpt.json'), 'utf8');
  assert.deepEqual(JSON.parse(text), older['chatgpt.json']);
});

test('signed out means signed out, whatever 1.x left behind', async (t) => {
  const store = await openStore(t, older);
  await store.update('chatgpt', async () => undefined);
  assert.equal(await store.read('chatgpt'), undefined);
  assert.deepEqual(await contentOf(store), { version: 1, chatgpt: null });
});

test('unknown keys and the other providers’ entries survive a change', async (t) => {
  const copilot = { type: 'oauth', refresh_token: 'gho_abc', note: [1, { a: null }] };
  const store = await openStore(t, {
    'auth.json': { version: 1, note: 'mine', chatgpt: { refresh_token: 'rt-0', colour: 'blue' }, copilot },
  });
  await store.update('chatgpt', async () => refreshed);
  const chatgpt = { ...refreshedEntry, colour: 'blue' };
  assert.deepEqual(await contentOf(store), { version: 1, note: 'mine', chatgpt, copilot });
});

test('no change, no write', async (t) => {
  const file = { version: 1, chatgpt: { refresh_token: 'rt-0' } };
  const store = await openStore(t, { 'auth.json': file });
  const text = await readFile(store.path, 'utf8');
  const { ino } = await stat(store.path);
  await store.update('chatgpt', async (current) => current);
  assert.equal(await readFile(store.path, 'utf8'), text);
  assert.equal((await stat(store.path)).ino, ino);
});

test('changes of one process take turns, and each sees the one before', async (t) => {
  const store = await openStore(t);
  const add = (letter: string) =>
    store.update('chatgpt', async (current) => ({
      ...current,
      refreshToken: new Secret(`${current?.refreshToken?.reveal() ?? ''}${letter}`),
    }));
  const failing = store.update('chatgpt', () => Promise.reject(new Error('no')));
  await Promise.all([assert.rejects(failing, /^Error: no$/), add('a'), add('b'), add('c')]);
  assert.equal((await store.read('chatgpt'))?.refreshToken?.reveal(), 'abc');
});

const faults: Record<string, [text: string, message: RegExp]> = {
  'cut JSON': ['{"version":1,"chatgpt":{"access_token":"secret-token', /auth\.json is not valid JSON/],
  'no object': ['[]', /auth\.json does not hold a JSON object/],
  'an empty file': ['', /auth\.json is not valid JSON/],
  'an unknown form': ['{"api_key":"secret-token"}', /auth\.json holds no sign-in of a known form/],
  'a newer form': [
    '{"version":2,"chatgpt":{"access_token":"secret-token"}}',
    /auth\.json was written by a newer OpenCompat/,
  ],
  'an enormous file': [' '.repeat(1024 * 1024 + 1), /auth\.json is larger than 1048576 bytes/],
};

for (const [fault, [text, message]] of Object.entries(faults)) {
  test(`${fault} is named with its path, and nothing is overwritten`, async (t) => {
    const store = await openStore(t, { 'auth.json': text });
    const check = (error: unknown) => {
      assert.ok(error instanceof CredentialFileError);
      assert.match(error.message, message);
      assert.ok(error.message.includes(store.path));
      assert.doesNotMatch(`${error.stack}${error.cause}`, /secret-token/);
      return true;
    };
    await assert.rejects(store.read('chatgpt'), check);
    await assert.rejects(
      store.update('chatgpt', async () => refreshed),
      check,
    );
    assert.equal(await readFile(store.path, 'utf8'), text);
    assert.deepEqual(await readdir(dirname(store.path)), ['auth.json']);
  });
}

test('a byte order mark before the text is read over, also that of UTF-16', async (t) => {
  const text = '\ufeff{"version":1,"chatgpt":{"refresh_token":"rt"}}';
  for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()]) {
    const store = await openStore(t, { 'other.json': '' });
    await writeFile(store.path, bytes);
    assert.equal((await store.read('chatgpt'))?.refreshToken?.reveal(), 'rt');
  }
});

test('a directory in the file’s place is named', async (t) => {
  const store = await openStore(t, { 'other.json': '' });
  await mkdir(store.path);
  await assert.rejects(store.read('chatgpt'), /auth\.json cannot be read \(EISDIR\)/);
});

test('two names of one file share its lock', async (t) => {
  const store = await openStore(t, { 'auth.json': { version: 1, chatgpt: { refresh_token: 'a' } } });
  const link = join(dirname(store.path), 'link.json');
  await symlink(store.path, link);
  const linked = new FileCredentialStore({ path: link, log: createRecordingLog() });
  await linked.update('chatgpt', async (current) => {
    assert.ok((await readdir(dirname(store.path))).includes('auth.json.lock'));
    return current;
  });
});

test('the stamp tells when a file has changed', async (t) => {
  const store = await openStore(t, older);
  const stamps = [await store.stamp('copilot')];
  assert.equal(await store.stamp('copilot'), stamps[0]);
  await store.update('chatgpt', async () => refreshed);
  stamps.push(await store.stamp('copilot'));
  const later = new Date(Date.now() + 60_000);
  await utimes(join(dirname(store.path), 'copilot.json'), later, later);
  stamps.push(await store.stamp('copilot'));
  assert.equal(new Set(stamps).size, 3);
});
