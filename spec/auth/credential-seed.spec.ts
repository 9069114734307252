/** What happens to the sign-in on a volume when the pod starts beside a secret: the table of all that can have happened. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type SeedOutcome, seedCredentials } from '../../lib/auth/credential-seed.ts';
import { type CredentialStore, FileCredentialStore } from '../../lib/auth/credential-store.ts';
import { Secret } from '../../lib/secret.ts';
import { createFakeJwt } from '../support/fake-auth-server.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { makeDirectory } from './support.ts';

interface Entry {
  access_token?: string;
  refresh_token: string;
  expires_at?: string;
  last_refresh?: string;
  account_id?: string;
}

interface Setup {
  store: CredentialStore;
  seedPath: string;
  /** Writes the secret's file. */
  give(content: unknown): Promise<void>;
  start(): Promise<Partial<Record<'chatgpt' | 'copilot', SeedOutcome>> | undefined>;
  /** The refresh token on the volume. */
  held(provider?: 'chatgpt' | 'copilot'): Promise<string | undefined>;
  /** As the server does: the next token, at a time. */
  refresh(token: string, isoTime?: string): Promise<void>;
}

async function setUp(t: TestContext): Promise<Setup> {
  const directory = await makeDirectory(t);
  const seedPath = join(directory, 'auth-seed/auth.json');
  const store = new FileCredentialStore({ path: join(directory, 'data/auth.json'), log: createRecordingLog() });
  await mkdir(dirname(seedPath));
  return {
    store,
    seedPath,
    give: (content) => writeFile(seedPath, typeof content === 'string' ? content : JSON.stringify(content)),
    start: () => seedCredentials(store, seedPath),
    held: async (provider = 'chatgpt') => (await store.read(provider))?.refreshToken?.reveal(),
    refresh: (token, isoTime) =>
      store.update('chatgpt', async (current) => ({
        ...current,
        refreshToken: new Secret(token),
        lastRefreshEpochS: isoTime ? Date.parse(isoTime) / 1000 : undefined,
      })),
  };
}

const secretOf = (chatgpt: Entry) => ({ version: 1, chatgpt: { type: 'oauth', ...chatgpt } });
const monday = '2026-11-23T10:00:00.000Z';
const tuesday = '2026-11-24T10:00:00.000Z';
const wednesday = '2026-11-25T10:00:00.000Z';

test('no secret: nothing is made', async (t) => {
  const { start, store } = await setUp(t);
  assert.equal(await start(), undefined);
  await assert.rejects(stat(dirname(store.path)), { code: 'ENOENT' });
});

test('a fresh volume takes the secret, readable and writable by its owner alone', async (t) => {
  const { start, give, store, held } = await setUp(t);
  await give(secretOf({ refresh_token: 'rt_first', last_refresh: monday }));
  assert.deepEqual(await start(), { chatgpt: 'taken' });
  assert.equal(await held(), 'rt_first');
  assert.deepEqual((await readdir(dirname(store.path))).sort(), ['auth.json', 'auth.json.seeded']);
  for (const name of await readdir(dirname(store.path))) {
    assert.equal((await stat(join(dirname(store.path), name))).mode & 0o777, 0o600, name);
  }
  const memory = await readFile(`${store.path}.seeded`, 'utf8');
  assert.doesNotMatch(memory, /rt_first/);
});

for (const times of [{ last_refresh: monday }, {}] as const) {
  const title = times.last_refresh ? 'with a time' : 'without any time';
  test(`an unchanged secret ${title} never overwrites a refreshed token`, async (t) => {
    const { start, give, held, refresh } = await setUp(t);
    await give(secretOf({ refresh_token: 'rt_first', ...times }));
    await start();
    await refresh('rt_second');
    assert.deepEqual(await start(), { chatgpt: 'unchanged' });
    assert.equal(await held(), 'rt_second');
  });
}

test('a re-created secret with a later sign-in is taken, once', async (t) => {
  const { start, give, held, refresh } = await setUp(t);
  await give(secretOf({ refresh_token: 'rt_first', last_refresh: monday }));
  await start();
  await refresh('rt_second', tuesday);
  await give(secretOf({ refresh_token: 'rt_new', last_refresh: wednesday }));
  assert.deepEqual(await start(), { chatgpt: 'taken' });
  assert.equal(await held(), 'rt_new');
  await refresh('rt_newer');
  assert.deepEqual(await start(), { chatgpt: 'unchanged' });
  assert.equal(await held(), 'rt_newer');
});

test('a re-created secret that is older than the volume is not taken, now or later', async (t) => {
  const { start, give, held, refresh } = await setUp(t);
  await give(secretOf({ refresh_token: 'rt_first', last_refresh: monday }));
  await start();
  await refresh('rt_third', wednesday);
  await give(secretOf({ refresh_token: 'rt_second', last_refresh: tuesday }));
  assert.deepEqual(await start(), { chatgpt: 'kept-newer' });
  assert.deepEqual(await start(), { chatgpt: 'unchanged' });
  assert.equal(await held(), 'rt_third');
});

test('on a volume that was signed in otherwise, the later sign-in wins', async (t) => {
  for (const [isoTime, outcome, token] of [
    [monday, 'kept-newer', 'rt_volume'],
    [wednesday, 'taken', 'rt_secret'],
  ] as const) {
    const { start, give, held, refresh } = await setUp(t);
    await refresh('rt_volume', tuesday);
    await give(secretOf({ refresh_token: 'rt_secret', last_refresh: isoTime }));
    assert.deepEqual(await start(), { chatgpt: outcome });
    assert.equal(await held(), token);
  }
});

test('without times of refresh, the access token that ends later is the newer one', async (t) => {
  const token = (exp: number) => createFakeJwt({ exp });
  for (const [exp, outcome] of [
    [1_900_000_000, 'taken'],
    [1_700_000_000, 'kept-newer'],
  ] as const) {
    const { start, give, store } = await setUp(t);
    await store.update('chatgpt', async () => ({ accessToken: new Secret(token(1_800_000_000)) }));
    await give(secretOf({ refresh_token: 'rt_secret', access_token: token(exp) }));
    assert.deepEqual(await start(), { chatgpt: outcome });
  }
});

test('a re-created secret whose times say nothing is taken once', async (t) => {
  const { start, give, held, refresh } = await setUp(t);
  await give(secretOf({ refresh_token: 'rt_first' }));
  await start();
  await refresh('rt_second', tuesday);
  await give(secretOf({ refresh_token: 'rt_new' }));
  assert.deepEqual(await start(), { chatgpt: 'taken' });
  await refresh('rt_newer');
  assert.deepEqual(await start(), { chatgpt: 'unchanged' });
  assert.equal(await held(), 'rt_newer');
});

test("another account's secret is taken whatever the times say", async (t) => {
  const { start, give, held } = await setUp(t);
  await give(secretOf({ refresh_token: 'rt_a', account_id: 'account-a', last_refresh: wednesday }));
  await start();
  await give(secretOf({ refresh_token: 'rt_b', account_id: 'account-b', last_refresh: monday }));
  assert.deepEqual(await start(), { chatgpt: 'taken' });
  assert.equal(await held(), 'rt_b');
});

test('who signed out stays signed out beside the same secret, and is signed in by a new one', async (t) => {
  const { start, give, held, store } = await setUp(t);
  await give(secretOf({ refresh_token: 'rt_first', last_refresh: monday }));
  await start();
  await store.update('chatgpt', async () => undefined);
  assert.deepEqual(await start(), { chatgpt: 'unchanged' });
  assert.equal(await held(), undefined);
  await give(secretOf({ refresh_token: 'rt_new', last_refresh: tuesday }));
  assert.deepEqual(await start(), { chatgpt: 'taken' });
  assert.equal(await held(), 'rt_new');
});

test('a credential file that was lost is seeded again', async (t) => {
  const { start, give, held, store } = await setUp(t);
  await give(secretOf({ refresh_token: 'rt_first', last_refresh: monday }));
  await start();
  await rm(store.path);
  assert.deepEqual(await start(), { chatgpt: 'taken' });
  assert.equal(await held(), 'rt_first');
});

test('providers are judged one by one: a new sign-in to one leaves the other', async (t) => {
  const { start, give, held, refresh } = await setUp(t);
  const chatgpt = { type: 'oauth', refresh_token: 'rt_first', last_refresh: monday };
  await give({ version: 1, chatgpt, copilot: { type: 'oauth', refresh_token: 'ghu_one' } });
  assert.deepEqual(await start(), { chatgpt: 'taken', copilot: 'taken' });
  await refresh('rt_second');
  await give({ version: 1, chatgpt, copilot: { type: 'oauth', refresh_token: 'ghu_two' } });
  assert.deepEqual(await start(), { chatgpt: 'unchanged', copilot: 'taken' });
  assert.equal(await held(), 'rt_second');
  assert.equal(await held('copilot'), 'ghu_two');
});

test("a secret made from Codex CLI's file, or of version 1, is taken as it is", async (t) => {
  for (const content of [
    { tokens: { access_token: 'a', refresh_token: 'rt_theirs' }, last_refresh: monday },
    { type: 'oauth', access_token: 'a', refresh_token: 'rt_theirs', expires_at: monday },
  ]) {
    const { start, give, held } = await setUp(t);
    await give(content);
    assert.deepEqual(await start(), { chatgpt: 'taken' });
    assert.equal(await held(), 'rt_theirs');
  }
});

test('a killed start is made good by the next: the tokens are there, and only remembered', async (t) => {
  const { start, give, held, refresh, store } = await setUp(t);
  await give(secretOf({ refresh_token: 'rt_first' }));
  await start();
  await rm(`${store.path}.seeded`);
  assert.deepEqual(await start(), { chatgpt: 'unchanged' });
  await refresh('rt_second');
  assert.deepEqual(await start(), { chatgpt: 'unchanged' });
  assert.equal(await held(), 'rt_second');
});

test('a damaged memory is no fault: the times decide', async (t) => {
  for (const damage of ['', '[]', '{"chatgpt": 5}', 'nonsense']) {
    const { start, give, held, refresh, store } = await setUp(t);
    await give(secretOf({ refresh_token: 'rt_first', last_refresh: monday }));
    await start();
    await refresh('rt_second', tuesday);
    await writeFile(`${store.path}.seeded`, damage);
    assert.deepEqual(await start(), { chatgpt: 'kept-newer' });
    assert.equal(await held(), 'rt_second');
  }
});

test('a secret that is no credential file is an error in words that shows nothing of it, and changes nothing', async (t) => {
  const { start, give, held, refresh, seedPath } = await setUp(t);
  await refresh('rt_volume', monday);
  for (const content of ['{"refresh_token": "rt_hidden', '[]', '{"something": "rt_hidden"}']) {
    await give(content);
    await assert.rejects(start(), (error: Error) => {
      assert.equal(error.name, 'CredentialFileError');
      assert.ok(error.message.includes(seedPath));
      assert.doesNotMatch(error.message, /rt_hidden/);
      return true;
    });
  }
  assert.equal(await held(), 'rt_volume');
});

test('starts at the same time on one volume leave one good file', async (t) => {
  const { start, give, held, seedPath, store } = await setUp(t);
  await give(secretOf({ refresh_token: 'rt_first', last_refresh: monday }));
  const others = Array.from({ length: 4 }, () =>
    seedCredentials(new FileCredentialStore({ path: store.path, log: createRecordingLog() }), seedPath),
  );
  const outcomes = await Promise.all([start(), ...others]);
  assert.equal(outcomes.filter((outcome) => outcome?.chatgpt === 'taken').length, 1);
  assert.equal(await held(), 'rt_first');
});
