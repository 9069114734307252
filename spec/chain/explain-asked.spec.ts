/** `?explain=1` on the paths of the APIs: for who runs the server alone, and without a trace of a request. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Explanation } from '../../lib/chain/explain.ts';
import { writeHash } from '../../lib/config/key-hash.ts';
import { defineMiddleware } from '../../lib/index.ts';
import { adminKey, type ConsoleHarness, createConsole, signIn } from '../routes/console/support.ts';

const laptopKey = 'oc-laptop';
const said = [{ role: 'user', content: 'Hello' }];
const model = 'gpt-5.5';

/** Lets everybody in as a client of its own making, as a plugin with accounts elsewhere would. */
const ownAccounts = defineMiddleware({
  name: 'own-accounts',
  after: ['client-auth'],
  before: ['rate-limit'],
  create() {
    return function nameClient({ exchange }, _res, next) {
      exchange.clientId = 'account-1';
      exchange.clientName = 'account-1';
      next();
    };
  },
});

function startServer(t: TestContext): Promise<ConsoleHarness> {
  const limits = { requests: { day: 1 }, cost: { month: 2.5 } };
  const clientKeys = [{ name: 'laptop', hash: writeHash(laptopKey), models: ['gpt-5.5*'], limits }];
  return createConsole(t, { apiKey: 'a-key', config: { usageStore: 'file', clientKeys } });
}

function post(h: ConsoleHarness, path: string, body: object, headers: Record<string, string>): Promise<Response> {
  return h.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const asAdmin = { authorization: `Bearer ${adminKey}` };

const bodies: Record<string, object> = {
  '/v1/chat/completions': { model, messages: said },
  '/v1/completions': { model, prompt: 'Hello' },
  '/v1/responses': { model, input: 'Hello' },
  '/v1/responses/compact': { model, input: 'Hello' },
  '/v1/messages': { model, max_tokens: 50, messages: said },
  '/v1/embeddings': { model, input: 'Hello' },
  '/v1/images/generations': { model, prompt: 'A cat' },
  '/openai/deployments/gpt-5.5/chat/completions': { messages: said },
  '/api/chat': { model, messages: said },
  '/api/generate': { model, prompt: 'Hello' },
  '/api/embed': { model, input: 'Hello' },
};

test('every path that sends explains instead, to an admin key; a client key is refused in the form of its API', async (t) => {
  const h = await startServer(t);
  for (const [path, body] of Object.entries(bodies)) {
    const told = (await (await post(h, `${path}?explain=1`, body, asAdmin)).json()) as Explanation;
    assert.deepEqual([told.askedModel, told.boxes[0]?.box], [model, 'parse-body'], path);
    const refused = await post(h, `${path}?explain=1`, body, {});
    const { error } = (await refused.json()) as { error: { message: string } | string };
    assert.equal(refused.status, 401, path);
    assert.match(typeof error === 'string' ? error : error.message, /admin keys/, path);
    assert.equal(typeof error === 'string', path.startsWith('/api/'), path);
  }
  const anthropic = { 'x-api-key': adminKey, authorization: '' };
  assert.equal((await post(h, '/v1/messages?explain=1', bodies['/v1/messages']!, anthropic)).status, 200);
  const page: Record<string, string> = { ...(await signIn(h)), authorization: '' };
  assert.equal((await post(h, '/v1/responses?explain=1', bodies['/v1/responses']!, page)).status, 200);
  const { 'x-csrf-token': _, ...foreign } = page;
  assert.equal((await post(h, '/v1/responses?explain=1', bodies['/v1/responses']!, foreign)).status, 403);
  assert.deepEqual(h.upstream.requests, []);
});

test('a path whose requests cannot be explained refuses to, also with an admin key; explain=0 asks for nothing', async (t) => {
  const h = await startServer(t);
  for (const path of ['/v1/audio/speech', '/v1/messages/count_tokens', '/api/show']) {
    const answer = await post(h, `${path}?explain=1`, { model, messages: said }, asAdmin);
    assert.equal(answer.status, 400, path);
    assert.match(await answer.text(), /cannot be explained/);
  }
  assert.deepEqual(h.upstream.requests, []);
  assert.equal((await post(h, '/v1/chat/completions?explain=0', { model, messages: said }, {})).status, 200);
});

test('an explanation is no request: no row, no count of a limit, no metric, though a plugin names its client', async (t) => {
  const h = await createConsole(t, { plugins: [ownAccounts], config: { usageStore: 'file' } });
  const path = '/v1/chat/completions';
  const refusing = { model: 'nobody-has-it', messages: said };
  for (const body of [bodies[path]!, refusing]) {
    for (let n = 0; n < 3; n += 1) await (await post(h, `${path}?explain=1`, body, asAdmin)).json();
  }
  assert.deepEqual(h.upstream.requests, []);
  assert.equal((await post(h, path, bodies[path]!, {})).status, 200);
  let rows: { client: string; outcome: string }[] = [];
  // Rows are written in the order in which their requests ended, within a second.
  for (; rows.length === 0; await setTimeout(50)) ({ rows } = await h.admin<{ rows: typeof rows }>('GET', 'requests'));
  assert.deepEqual(
    rows.map(({ client, outcome }) => [client, outcome]),
    [['account-1', 'ok']],
  );
  const metrics = await (await h.fetch('/metrics')).text();
  const counted = metrics.match(/^opencompat_requests_total\{api="chat-completions".*$/gm);
  assert.deepEqual(counted, [
    'opencompat_requests_total{api="chat-completions",provider="chatgpt",outcome="ok",status="200"} 1',
  ]);
  assert.equal(h.logs.filter(({ message, explained }) => message === 'request' && explained === true).length, 6);
});

test('as a client key: what it may name, what is left of its limits, and nothing is taken of them', async (t) => {
  const h = await startServer(t);
  const explain = async (asked: string, key = 'laptop') =>
    (await (
      await post(h, `/v1/chat/completions?explain=1&key=${key}`, { model: asked, messages: said }, asAdmin)
    ).json()) as Explanation;
  await explain(model);
  const { key, models } = await explain(model);
  assert.deepEqual(
    [key!.name, key!.models, key!.refusal, models[0]!.isChosen],
    ['laptop', ['gpt-5.5*'], undefined, true],
  );
  assert.deepEqual(
    key!.limits.map(({ measure, window, limit, remaining }) => [measure, window, limit, remaining]),
    [
      ['cost', 'month', 2.5, 2.5],
      ['requests', 'day', 1, 1],
    ],
  );
  const other = await explain('gpt-5.4');
  assert.equal(other.boxes.at(-1)!.error!.code, 'OC_MODEL_NOT_FOUND');
  const forbidden = { name: 'chatgpt/gpt-5.4', isChosen: false, reason: 'the client key may not name it' };
  assert.deepEqual(other.models, [forbidden]);
  const asLaptop = { authorization: `Bearer ${laptopKey}` };
  assert.equal((await post(h, '/v1/chat/completions', { model, messages: said }, asLaptop)).status, 200);
  assert.match((await explain(model)).key!.refusal!, /limit of 1 requests per day/);
  const unknown = await post(h, '/v1/responses?explain=1&key=nobody', { model, input: 'Hello' }, asAdmin);
  assert.deepEqual([unknown.status, /nobody/.test(await unknown.text())], [400, true]);
});

test('what this server does in the place of the upstream is named', async (t) => {
  const h = await startServer(t);
  const asked = { model, messages: said, stop: ['x'], max_completion_tokens: 9, n: 2 };
  const told = (await (await post(h, '/v1/chat/completions?explain=1', asked, asAdmin)).json()) as Explanation;
  assert.deepEqual(told.emulated, ['stop', 'max_output_tokens', 'n']);
  const plain = (await (
    await post(h, '/v1/responses?explain=1', bodies['/v1/responses']!, asAdmin)
  ).json()) as Explanation;
  assert.deepEqual(plain.emulated, []);
});

test('a server that explains nothing does not load what explains', async () => {
  const code = `
    const { registerHooks } = await import('node:module');
    registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
    for (const part of ['lib/server/app', 'middleware/index', 'routes/index']) {
      await import(new URL('../../' + part + '.ts', '${import.meta.url}').href);
    }`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  assert.match(stdout, /lib\/server\/app\.ts/);
  assert.doesNotMatch(stdout, /lib\/chain\/explain\.ts|lib\/server\/explained\.ts/);
});
