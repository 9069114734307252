/** What the chain would do with a request, told to the operator alone; nothing is sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Explanation } from '../../lib/chain/explain.ts';
import { defineMiddleware } from '../../lib/index.ts';
import { ask as askConsole, codeOf, createConsole, signIn } from '../routes/console/support.ts';
import { rawRequest } from '../support/raw-request.ts';

const capEffort = defineMiddleware({
  name: 'effort-cap',
  after: ['resolve-model'],
  before: ['rewrite-request'],
  create() {
    return function effortCap(req, _res, next) {
      const { exchange } = req;
      exchange.request.reasoning = { ...exchange.request.reasoning, effort: 'low' };
      exchange.onEvent((event, emit) => emit(event));
      next();
    };
  },
});

const body = { model: 'mine-high', seed: 7, messages: [{ role: 'user', content: 'Hello' }] };

test('a request with an alias, a suffix, a plugin and a dropped parameter is explained, and not sent', async (t) => {
  const h = await createConsole(t, { plugins: [capEffort], config: { aliases: { mine: ['chatgpt/gpt-5.5'] } } });
  const told = await h.admin<Explanation>('POST', 'explain/chat', body);
  const linesOf = (box: string, part: string) =>
    told.boxes
      .find((one) => one.box === box)!
      .changes.filter((change) => change.part === part)
      .flatMap(({ lines }) => lines.map(({ kind, text }) => `${kind} ${text.trim()}`));
  assert.ok(linesOf('resolve-model', 'model').includes('added "model": "chatgpt/gpt-5.5",'));
  assert.ok(linesOf('resolve-model', 'request').includes('added "effort": "high"'));
  assert.deepEqual(linesOf('effort-cap', 'request'), ['removed "effort": "high"', 'added "effort": "low"']);
  assert.equal(told.boxes.find(({ box }) => box === 'effort-cap')!.transforms, 1);
  assert.ok(told.ignored.includes('seed'));
  assert.deepEqual([told.askedModel, told.models], ['mine-high', [{ name: 'chatgpt/gpt-5.5', isChosen: true }]]);
  assert.ok(told.inputTokens! > 0);
  const upstream = told.upstream as { url: string; body: { model: string; reasoning: { effort: string } } };
  assert.deepEqual([upstream.body.model, upstream.body.reasoning.effort], ['gpt-5.5', 'low']);
  const { accessToken, refreshToken } = h.upstream.account.tokens;
  for (const secret of [accessToken, refreshToken]) assert.ok(!JSON.stringify(told).includes(secret));
  assert.deepEqual(h.upstream.requests, []);
});

test('a box that fails ends the explanation, with its error', async (t) => {
  const h = await createConsole(t);
  const told = await h.admin<Explanation>('POST', 'explain/chat', { ...body, model: 'nobody-has-it' });
  assert.equal(told.boxes.at(-1)!.box, 'resolve-model');
  assert.equal(told.boxes.at(-1)!.error!.code, 'OC_MODEL_NOT_FOUND');
  assert.match(told.models[0]!.reason!, /does not exist/);
  const invalid = await h.admin<Explanation>('POST', 'explain/messages', { model: 'mine' });
  assert.equal(invalid.boxes.at(-1)!.box, 'validate');
});

test('a client key explains nothing, and neither does a page without its token', async (t) => {
  const h = await createConsole(t, { apiKey: 'a-key' });
  const headers = { authorization: 'Bearer a-key' };
  assert.match(codeOf(await askConsole(h, 'POST', 'explain/chat', { body, headers })), /^401 /);
  assert.match(codeOf(await askConsole(h, 'POST', 'explain/chat', { body })), /^401 /);
  const { cookie } = await signIn(h);
  assert.match(codeOf(await askConsole(h, 'POST', 'explain/chat', { body, headers: { cookie: cookie! } })), /^403 /);
  const operator = await rawRequest(`${h.url}/-/explain/chat`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.match(codeOf(operator), /^403 not_operator/);
  assert.deepEqual(h.upstream.requests, []);
});

test('a plugin in the place of the box that sends is no part of an explanation', async (t) => {
  let calls = 0;
  const sender = defineMiddleware({
    name: 'own-proxy',
    create: () => (_req, res) => {
      calls += 1;
      res.end();
    },
  });
  const h = await createConsole(t, { plugins: [[sender, {}, { replace: 'proxy' }]] });
  const told = await h.admin<Explanation>('POST', 'explain/chat', { ...body, model: 'gpt-5.5' });
  assert.equal(told.boxes.at(-1)!.box, 'rewrite-request');
  assert.equal(calls, 0);
});
