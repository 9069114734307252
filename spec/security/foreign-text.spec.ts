/**
 * What the attacker does: an upstream lists models whose names no header can carry, and clients name parameters so.
 * What must hold: every request is answered; headers are visible ASCII and of a bounded length.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineMiddleware } from '../../lib/chain/middleware.ts';
import { headerList, headerText } from '../../lib/public-text.ts';
import { createBoxHarness, hello, post } from '../support/box-harness.ts';

const names = [
  '漢字',
  'café',
  'a\nb',
  'a\r\nset-cookie: x=y',
  '\u001b[2J',
  '\u0000',
  '\ud800',
  'x'.repeat(190),
  '\u202eabc',
  'a, b',
];

for (const stream of [false, true]) {
  test(`a model of any name answers (stream: ${stream})`, async (t) => {
    const h = await createBoxHarness(t, { fake: { models: names } });
    for (const name of names) {
      const answer = await post(h, '/v1/chat/completions', { model: name, messages: hello, stream });
      assert.equal(answer.status, 200, JSON.stringify(name));
      await answer.text();
      const told = answer.headers.get('x-opencompat-model') ?? '';
      assert.match(told, /^box\/[\x20-\x7e]{1,256}$/, JSON.stringify(name));
      assert.equal(answer.headers.get('set-cookie'), null);
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    for (const line of h.logs) assert.doesNotMatch(String(line.upstream_model), /[\u0000-\u001f\u202e]/);
  });
}

test('what was ignored is named in a bounded header of visible ASCII, and the rest is counted', async (t) => {
  assert.equal(headerList(['stop', 'größe', 'a,b']), 'stop, gr%C3%B6%C3%9Fe, a%2Cb');
  const many = headerList(Array.from({ length: 5000 }, (_, index) => `tools[${index}].strict`));
  assert.ok(many.length < 2100);
  assert.match(many, /^tools\[0\]\.strict, .*, and \d{4} more$/);
  assert.match(headerText('漢'.repeat(5000)), /^[\x20-\x7e]{1,256}$/);
  const plugin = defineMiddleware({
    name: 'ignores-names',
    after: ['validate'],
    create: () => (req, _res, next) => {
      for (let index = 0; index < 5000; index += 1) req.exchange.ignore(`größe\n${index}`);
      next();
    },
  });
  const h = await createBoxHarness(t, { plugins: [plugin] });
  const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello });
  assert.equal(answer.status, 200, await answer.text());
  assert.match(answer.headers.get('x-opencompat-ignored') ?? '', /^gr%C3%B6%C3%9Fe%0A0, .*, and \d{4} more$/);
});

test('what no header to an upstream can carry costs the request alone', async (t) => {
  const plugin = defineMiddleware({
    name: 'sets-header',
    after: ['inject-auth'],
    create: () => (req, _res, next) => {
      req.exchange.upstream.headers['x-told'] = String((req.exchange.body as { user: string }).user);
      next();
    },
  });
  const h = await createBoxHarness(t, { plugins: [plugin] });
  for (const user of ['漢字', 'a\r\nb: c', 'fine']) {
    for (const stream of [false, true]) {
      const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello, stream, user });
      assert.equal(answer.status, user === 'fine' ? 200 : 502, await answer.text());
    }
  }
});
