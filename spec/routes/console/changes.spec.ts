/** What the console changes: keys, sign-ins, aliases; and what it never tells. */
import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { OpenAI } from 'openai';
import { diffLines } from '../../../lib/line-diff.ts';
import { createFakeAuthServer, fakeClientId } from '../../support/fake-auth-server.ts';
import { adminKey, ask, codeOf, createConsole, signIn } from './support.ts';

const messages = [{ role: 'user' as const, content: 'Hello' }];

test('a key with 20 requests a day, made here, is good for 20 requests of the SDK', async (t) => {
  const h = await createConsole(t, { config: { usageStore: 'file' } });
  const limits = { requests: { day: 20 } };
  const { key, entry } = await h.admin<{ key: string; entry: object }>('POST', 'keys', { name: 'phone', limits });
  assert.match(key, /^oc-/);
  assert.deepEqual({ ...entry, createdAt: '' }, { name: 'phone', limits, from: 'file', createdAt: '' });
  const client = new OpenAI({ baseURL: `${h.url}/v1`, apiKey: key, maxRetries: 0 });
  const request = () => client.chat.completions.create({ model: 'gpt-5.5', messages });
  // A new day may begin meanwhile.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  for (let count = 0; count < 20; count += 1) assert.ok((await request()).choices[0]?.message.content);
  await assert.rejects(request, { status: 429, message: /limit of 20 requests per day/ });
  assert.ok(
    h.logs.some(
      ({ message, by, key: name }) => /key was made/.test(message) && by === 'admin-key-1' && name === 'phone',
    ),
  );
});

test('a key is changed and revoked by the rules of `opencompat keys`', async (t) => {
  const h = await createConsole(t, { apiKey: 'configured' });
  const { key } = await h.admin<{ key: string }>('POST', 'keys', { name: 'tv', models: ['gpt-*'] });
  const keys = async () => (await h.admin<{ keys: Record<string, unknown>[] }>('GET', 'keys')).keys;
  assert.deepEqual(
    (await keys()).map(({ name, from }) => [name, from]),
    [
      ['key-1', 'configuration'],
      ['tv', 'file'],
    ],
  );
  await h.admin('PATCH', 'keys/tv', { disabled: true, models: null, expires: '2030-01-01' });
  const [, changed] = await keys();
  assert.deepEqual([changed!.disabled, changed!.models, changed!.expires], [true, undefined, '2030-01-01']);
  const refusals: [string, string, object | undefined, string][] = [
    ['POST', 'keys', { name: 'tv' }, '409 conflict'],
    ['POST', 'keys', { name: 'key-1' }, '409 conflict'],
    ['POST', 'keys', {}, '400 missing_required_parameter'],
    ['POST', 'keys', { name: 'x'.repeat(65) }, '400 invalid_value'],
    ['POST', 'keys', { name: 'a', limits: { requests: { day: -1 } } }, '400 invalid_value'],
    ['PATCH', 'keys/tv', { expires: 'soon' }, '400 invalid_value'],
    ['PATCH', 'keys/nobody', {}, '404 not_found'],
    ['DELETE', 'keys/key-1', undefined, '409 conflict'],
    ['DELETE', 'keys/nobody', undefined, '404 not_found'],
  ];
  const headers = { authorization: `Bearer ${adminKey}` };
  for (const [method, path, body, code] of refusals)
    assert.equal(codeOf(await ask(h, method, path, { body, headers })), code, `${method} ${path}`);
  await h.admin('DELETE', 'keys/tv');
  await new Promise((resolve) => setTimeout(resolve, 600));
  const answer = await h.fetch('/v1/models', { headers: { authorization: `Bearer ${key}` } });
  assert.equal(answer.status, 401);
});

test('ChatGPT is signed in to by device code, and out', async (t) => {
  const auth = await createFakeAuthServer();
  t.after(() => auth.close());
  const h = await createConsole(t, {
    isSignedIn: false,
    config: { chatgptAuthUrl: auth.url, oauthClientId: fakeClientId },
  });
  const { id, userCode, verificationUrl } = await h.admin<Record<string, string>>('POST', 'sign-ins/chatgpt');
  assert.match(verificationUrl!, /codex\/device$/);
  assert.deepEqual(await h.admin('GET', `sign-ins/${id}`), { state: 'waiting' });
  assert.ok(auth.enterDeviceCode(userCode!));
  let told = { state: 'waiting' };
  while (told.state === 'waiting') told = await h.admin('GET', `sign-ins/${id}`);
  assert.equal(told.state, 'done');
  const stateOf = async () => {
    const { providers } = await h.admin<{ providers: Record<string, unknown>[] }>('GET', 'overview');
    return providers.find(({ name }) => name === 'chatgpt')!;
  };
  assert.deepEqual([(await stateOf()).signedIn, (await stateOf()).canSignIn], [true, true]);
  assert.deepEqual(await h.admin('DELETE', 'accounts/chatgpt'), { wasSignedIn: true });
  assert.equal((await stateOf()).signedIn, false);
  await assert.rejects(h.admin('POST', 'sign-ins/nobody'), /404/);
  await assert.rejects(h.admin('GET', 'sign-ins/nothing'), /404/);
});

test('aliases are compared before they are saved, and the file’s comments stay', async (t) => {
  const h = await createConsole(t);
  const written = JSON.parse(await readFile(h.configFile, 'utf8'));
  const yaml = Object.entries({ ...written, apiKeys: ['a-secret-key'] })
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join('\n');
  const text = `# mine\n${yaml}\naliases:\n  # for quick questions\n  fast: gpt-5.5 # the small one\n  old: gpt-5.4\n`;
  await writeFile(h.configFile, text);
  await h.reload();
  const aliases = { fast: 'gpt-5.5', smart: ['gpt-5.4', 'gpt-5.5'] };
  const { diff, faults } = await h.admin<{ diff: { kind: string; text: string }[]; faults: object[] }>(
    'POST',
    'aliases/preview',
    { aliases },
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(
    diff.filter(({ kind }) => kind !== 'same').map(({ kind, text: line }) => `${kind} ${line.trim()}`),
    ['removed old: gpt-5.4', 'added smart:', 'added - gpt-5.4', 'added - gpt-5.5'],
  );
  assert.doesNotMatch(JSON.stringify(diff), /a-secret-key/);
  const report = await h.admin<{ outcome: string; changes: string[] }>('PUT', 'aliases', { aliases });
  assert.deepEqual([report.outcome, report.changes], ['taken', ['aliases.old removed', 'aliases.smart added']]);
  const saved = await readFile(h.configFile, 'utf8');
  assert.match(saved, /^# mine\n/);
  assert.match(saved, /# for quick questions\n {2}fast: gpt-5.5 # the small one/);
  const models = await h.admin<{ aliases: { name: string; goesTo: string[] }[] }>('GET', 'models');
  assert.deepEqual(models.aliases.find(({ name }) => name === 'smart')?.goesTo, ['chatgpt/gpt-5.4', 'chatgpt/gpt-5.5']);
});

test('faulty aliases and a file that others write are told, and nothing is changed', async (t) => {
  const h = await createConsole(t);
  const before = await readFile(h.configFile, 'utf8');
  const { faults } = await h.admin<{ faults: { path: string }[] }>('POST', 'aliases/preview', { aliases: { a: 7 } });
  assert.equal(faults[0]!.path, 'aliases.a');
  await assert.rejects(h.admin('PUT', 'aliases', { aliases: { a: [] } }), /400/);
  await assert.rejects(h.admin('PUT', 'aliases', { aliases: 'x' }), /400/);
  assert.equal(await readFile(h.configFile, 'utf8'), before);
  if (process.getuid?.() === 0) return;
  await chmod(h.configFile, 0o400);
  const shown = await h.admin<{ canSave: boolean; why: string }>('GET', 'aliases');
  assert.equal(shown.canSave, false);
  assert.match(shown.why, /cannot be written/);
  await assert.rejects(h.admin('PUT', 'aliases', { aliases: { a: 'gpt-5.5' } }), /409/);
});

test('the configuration is reloaded, and a fault is told without its value', async (t) => {
  const h = await createConsole(t);
  assert.equal((await h.admin<{ outcome: string }>('POST', 'reload')).outcome, 'unchanged');
  const text = await readFile(h.configFile, 'utf8');
  await writeFile(h.configFile, text.replace('{', '{"rateLimit": "the-value",'));
  const report = await h.admin<{ outcome: string; faults: object[] }>('POST', 'reload');
  assert.equal(report.outcome, 'refused');
  assert.doesNotMatch(JSON.stringify(report.faults), /the-value/);
  const { config } = await h.admin<{ config: { fault: { faults: object[] } } }>('GET', 'overview');
  assert.equal(config.fault.faults.length, 1);
});

test('no answer holds a secret', async (t) => {
  const providers = {
    box: { type: 'openai-compatible', baseURL: 'http://127.0.0.1:1/v1', apiKey: 'canary-provider' },
  };
  const clientKeys = [{ name: 'laptop', hash: `sha256:${'ca'.repeat(32)}` }];
  const config = { usageStore: 'file', clientKeys, aliases: { a: 'gpt-5.5' } } as const;
  const h = await createConsole(t, { apiKey: 'canary-client', config, providers: providers as never });
  await h.fetch('/v1/chat/completions', { method: 'POST', headers: { authorization: 'Bearer canary-wrong' } });
  const made = await h.admin<{ key: string }>('POST', 'keys', { name: 'made' });
  const page = await signIn(h);
  const paths = ['overview', 'keys', 'models', 'aliases', 'requests', 'usage', 'usage?by=key', 'session'];
  const gets = await Promise.all(paths.map((path) => ask(h, 'GET', path, { headers: page })));
  const posts = await Promise.all([
    ask(h, 'POST', 'aliases/preview', { body: { aliases: { b: 'gpt-5.5' } }, headers: page }),
    ask(h, 'PUT', 'aliases', { body: { aliases: { b: 'gpt-5.5' } }, headers: page }),
    ask(h, 'PATCH', 'keys/made', { body: { disabled: true }, headers: page }),
    ask(h, 'POST', 'reload', { body: {}, headers: page }),
  ]);
  const auth = await readFile(join(h.dataDir, 'auth.json'), 'utf8');
  const tokens = [...auth.matchAll(/_token": ?"([^"]+)"/g)].map(([, token]) => token!);
  assert.ok(tokens.length >= 3);
  for (const { status, body } of [...gets, ...posts]) {
    assert.ok(status < 400, body);
    assert.doesNotMatch(body, /canary|sha256:|(ca){32}/);
    for (const secret of [made.key, adminKey, page.cookie!.split('=')[1]!, ...tokens])
      assert.ok(!body.includes(secret));
  }
  assert.ok(!JSON.stringify(h.logs).includes(made.key));
});

test('a difference names what goes, what comes, and what stays', () => {
  const show = (a: string, b: string) => diffLines(a, b).map(({ kind, text }) => `${kind[0]}${text}`);
  assert.deepEqual(show('a\nb\nc\n', 'a\nx\nc\nd\n'), ['sa', 'rb', 'ax', 'sc', 'ad']);
  assert.deepEqual(show('', 'a'), ['aa']);
  assert.deepEqual(show('a', ''), ['ra']);
});
