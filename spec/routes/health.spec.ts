/** `/ready` says what is so now, whoever made it so. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { defineProvider } from '../../lib/index.ts';
import { createBoxHarness, hello, post } from '../support/box-harness.ts';
import { createHarness, type Harness } from '../support/index.ts';

/** Longer than the time between two looks at the credential file. */
const aMomentMs = 3_000;

async function readyOf(h: Harness) {
  const answer = await h.fetch('/ready');
  const { providers, status, aliases } = (await answer.json()) as {
    status: string;
    providers: Record<string, { ready: boolean }>;
    aliases?: Record<string, object>;
  };
  return { status: answer.status, state: status, aliases, isReady: (name: string) => providers[name]!.ready };
}

/** Time that passes only when it is told to, so that no schedule is what notices. */
function stopClock(t: TestContext): (ms: number) => void {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  return (ms) => t.mock.timers.setTime(Date.now() + ms);
}

test('a sign-in and a sign-out in another process are noticed by whoever asks next', async (t) => {
  const pass = stopClock(t);
  const h = await createHarness(t, { isSignedIn: false, copilot: true });
  const path = join(h.dataDir, 'auth.json');
  await rm(path);
  pass(aMomentMs);
  const before = await readyOf(h);
  assert.deepEqual(
    [before.isReady('chatgpt'), before.isReady('copilot'), before.isReady('demo')],
    [false, false, true],
  );

  const { accessToken: access_token, refreshToken: refresh_token } = h.upstream.account.tokens;
  const chatgpt = { type: 'oauth', access_token, refresh_token };
  const copilot = { type: 'oauth', refresh_token: 'ghu_made_elsewhere' };
  await writeFile(path, JSON.stringify({ version: 1, chatgpt, copilot }));
  assert.equal((await readyOf(h)).isReady('chatgpt'), false, 'not every question costs a look');
  pass(aMomentMs);
  const after = await readyOf(h);
  assert.deepEqual([after.isReady('chatgpt'), after.isReady('copilot'), after.isReady('demo')], [true, true, false]);

  await rm(path);
  pass(aMomentMs);
  assert.equal((await readyOf(h)).isReady('chatgpt'), false);
  assert.deepEqual(
    h.upstream.otherRequests.filter(({ path: asked }) => asked.startsWith('/oauth')),
    [],
  );
});

test('a look that never ends, or fails, keeps nobody from an answer', async (t) => {
  const looking = (lookForSignIn: () => Promise<void>) =>
    defineProvider({
      name: 'looking',
      create: () => ({
        name: 'looking',
        title: 'Looking',
        models: () => [],
        readiness: () => ({ isReady: true }),
        lookForSignIn,
        buildRequest: () => assert.fail('nobody asks'),
        toError: () => assert.fail('nobody asks'),
      }),
    });
  const h = await createHarness(t, {
    providers: {
      endless: looking(() => new Promise(() => {})),
      rejecting: looking(() => Promise.reject(new Error('no'))),
      throwing: looking(() => {
        throw new Error('no');
      }),
    },
  });
  const { status, isReady } = await readyOf(h);
  assert.equal(status, 200);
  assert.ok(isReady('endless') && isReady('rejecting') && isReady('throwing'));
});

test('an alias of which every model is out of quota is named, until the quota is back', async (t) => {
  const pass = stopClock(t);
  const h = await createBoxHarness(t, { config: { aliases: { fast: 'box/fake-model', 'any-*': 'box/fake-small' } } });
  assert.deepEqual([(await readyOf(h)).state, (await readyOf(h)).aliases], ['ready', undefined]);
  h.box.refuse(429, { error: { message: 'Slow down.', code: 'rate_limit_exceeded' } }, { 'retry-after': '90' });
  const answer = await post(h, '/v1/chat/completions', { model: 'fast', messages: hello });
  assert.equal(answer.status, 429, await answer.text());
  const { status, state, aliases } = await readyOf(h);
  assert.deepEqual([status, state], [200, 'degraded']);
  assert.deepEqual(Object.keys(aliases!), ['fast']);
  assert.match(await (await h.fetch('/metrics')).text(), /opencompat_alias_ready\{alias="fast"\} 0/);
  pass(91_000);
  assert.equal((await readyOf(h)).state, 'ready');
});
