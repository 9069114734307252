/** The first requests of a server whose providers' lists are not known: empty caches, new sign-ins, lists that cannot be had. */
import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createBoxHarness, hello, post, startFake } from '../support/box-harness.ts';
import { type Gate, startGate } from '../support/gate.ts';
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.ts';

const lists = /\/models/;

async function ask(h: Harness, model: string) {
  const answer = await post(h, '/v1/chat/completions', { model, messages: hello });
  return { status: answer.status, by: answer.headers.get('x-opencompat-model'), answer, text: await answer.text() };
}

/** A server signed in to ChatGPT, with nothing in its cache; its account has `gpt-next`, which nobody else has heard of. */
async function startFresh(t: TestContext, options: HarnessOptions = {}): Promise<{ h: Harness; gate: Gate }> {
  const gate = await startGate(t);
  gate.set('open', lists);
  const h = await createHarness(t, {
    models: ['gpt-next', 'gpt-5.5'],
    ...options,
    config: { chatgptModels: [], chatgptBaseUrl: `${gate.url}/backend-api`, ...options.config },
  });
  gate.target = h.upstream.url;
  return { h, gate };
}

test('the first request finds a model of the account that no shipped list has', async (t) => {
  const { h } = await startFresh(t);
  const answers = await Promise.all(['gpt-next', 'gpt-next-high', 'gpt-nicht'].map((model) => ask(h, model)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 404],
  );
  assert.equal(h.upstream.requests.filter(({ body }) => body.reasoning.effort === 'high').length, 1);
});

test('the first list names what the account has', async (t) => {
  const { h } = await startFresh(t);
  const { data } = (await (await h.fetch('/v1/models')).json()) as { data: { id: string }[] };
  assert.deepEqual(
    data.map(({ id }) => id),
    ['gpt-next', 'gpt-5.5'],
  );
});

test('while the list cannot be had, the account judges a name, and pages say that nobody can tell', async (t) => {
  const { h, gate } = await startFresh(t);
  gate.set('closed');
  assert.equal((await ask(h, 'gpt-next-high')).by, 'chatgpt/gpt-next');
  assert.equal(h.upstream.last.body.reasoning.effort, 'high');
  const page = await h.fetch('/v1/models/gpt-next');
  assert.equal(page.status, 503);
  assert.equal(page.headers.get('retry-after'), '5');
  await page.text();
});

test('Copilot’s account too', async (t) => {
  const { h } = await startFresh(t, { isSignedIn: false, copilot: true, config: { copilotModels: [] } });
  const listed = (await (await h.fetch('/v1/models')).json()) as { data: { id: string }[] };
  const { h: other } = await startFresh(t, { isSignedIn: false, copilot: true, config: { copilotModels: [] } });
  const { id } = listed.data.find((model) => model.id.startsWith('gpt-'))!;
  assert.equal((await ask(other, id)).status, 200);
});

test('a server that is away is unreachable, not without models; and is found when it comes back', async (t) => {
  const gate = await startGate(t);
  const fake = await startFake(t);
  const box = { type: 'openai-compatible', baseURL: `${gate.url}/v1` };
  const h = await createHarness(t, { isSignedIn: false, providers: { box } });
  gate.target = 'http://127.0.0.1:9';
  const away = await ask(h, 'fake-model');
  assert.equal(away.status, 502, away.text);
  gate.target = fake.url;
  assert.equal((await ask(h, 'fake-model')).status, 200);
});

test('which of two servers answers, and an alias, do not depend on whose list came first', async (t) => {
  const gate = await startGate(t);
  const [first, second] = [
    await startFake(t, { models: ['shared', 'only-first'] }),
    await startFake(t, { models: ['shared', 'only-second'] }),
  ];
  gate.target = first.url;
  gate.set('held', lists);
  const h = await createHarness(t, {
    isSignedIn: false,
    providers: {
      first: { type: 'openai-compatible', baseURL: `${gate.url}/v1` },
      second: { type: 'openai-compatible', baseURL: second.url },
    },
    config: { aliases: { pair: ['only-first', 'only-second'], other: 'only-second' } },
  });
  assert.equal((await ask(h, 'second/only-second')).by, 'second/only-second');
  const answers = Promise.all(['shared', 'pair', 'other'].map((model) => ask(h, model)));
  await gate.waitForRequest();
  gate.set('open');
  assert.deepEqual(
    (await answers).map(({ by }) => by),
    ['first/shared', 'first/only-first', 'second/only-second'],
  );
});

test('a model of an alias stands by while its server cannot say that it has it', async (t) => {
  const gate = await startGate(t);
  const fake = await startFake(t, { models: ['spare'] });
  gate.target = fake.url;
  gate.set('closed', lists);
  const h = await createBoxHarness(t, {
    fake: { models: ['usual'] },
    providers: { behind: { type: 'openai-compatible', baseURL: `${gate.url}/v1` } },
    config: { aliases: { pair: ['usual', 'spare'] } },
  });
  h.box.refuse(503, { error: { message: 'busy' } });
  assert.equal((await ask(h, 'pair')).by, 'behind/spare');
});

test('a sign-in that another process has just made', async (t) => {
  const { h: elsewhere, gate } = await startFresh(t);
  const { h, gate: own } = await startFresh(t, { isSignedIn: false });
  own.target = gate.target;
  assert.equal((await ask(h, 'gpt-next')).status, 404);
  await copyFile(join(elsewhere.dataDir, 'auth.json'), join(h.dataDir, 'auth.json'));
  assert.equal((await ask(h, 'gpt-next')).status, 200);
});

test('a sign-in that works no more is what is told of a name that nobody can look up', async (t) => {
  const { h } = await startFresh(t);
  h.upstream.account.signOut();
  const { status, text } = await ask(h, 'gpt-next');
  assert.equal(status, 401, text);
  assert.match(text, /sign-in to ChatGPT is no longer valid/);
});
