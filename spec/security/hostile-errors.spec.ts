/**
 * What the attacker does: code that runs for a request throws values that throw again when they are read, or whose causes have
 * no end. What must hold: the client gets an error, the log a line, and the next request an answer.
 */
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { defineMiddleware, type Middleware } from '../../lib/chain/middleware.ts';
import { OpenCompatError, toOpenCompatError } from '../../lib/errors.ts';
import { createLogger } from '../../lib/log.ts';
import { describeThrown, stackOf } from '../../lib/thrown.ts';
import { hostileValues } from '../fixtures/hostile-values.ts';
import { createBoxHarness, hello, post } from '../support/box-harness.ts';

type Way = (value: () => unknown, next: () => void) => unknown;

const ways: Record<string, Way> = {
  thrown: (value) => {
    throw value();
  },
  rejected: (value) => Promise.reject(value()),
  'thrown later': (value, next) => {
    process.nextTick(next);
    throw value();
  },
};

const thrower: Middleware = defineMiddleware({
  name: 'thrower',
  after: ['validate'],
  create: () => (req, _res, next) => {
    const { 'x-way': way, 'x-value': value } = req.headers as Record<string, string>;
    return way ? (ways[way]!(hostileValues[value!]!, next) as undefined) : next();
  },
});

test('whatever a plugin throws: its request fails, and is logged by the name of the plugin', async (t) => {
  const h = await createBoxHarness(t, { plugins: [thrower] });
  for (const way of Object.keys(ways)) {
    for (const value of Object.keys(hostileValues)) {
      const headers = { 'x-way': way, 'x-value': value };
      const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello }, headers);
      assert.equal(answer.status, 500, `${value}, ${way}`);
      assert.equal(
        ((await answer.json()) as { error: { code: string } }).error.code,
        'middleware_failed',
        `${value}, ${way}`,
      );
    }
  }
  const failures = h.logs.filter(({ level }) => level === 'error');
  assert.ok(failures.length >= Object.keys(ways).length * Object.keys(hostileValues).length);
  const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello });
  assert.equal(answer.status, 200);
});

test('an error that cannot be read, or whose causes have no end, is told in bounded words', () => {
  for (const [name, value] of Object.entries(hostileValues)) {
    assert.equal(typeof stackOf(value()), 'string', name);
    assert.ok(describeThrown(value() as Error).length < 200_000, name);
    assert.ok(toOpenCompatError(value()) instanceof OpenCompatError, name);
  }
  assert.equal(describeThrown(hostileValues.circular!() as Error).match(/leads back/g)?.length, 1);
  assert.match(describeThrown(new Error('outer', { cause: 'inner' })), /outer[\s\S]*caused by: inner$/);
});

for (const format of ['json', 'text'] as const) {
  test(`whatever is logged makes one line, with its message and its other fields (${format})`, () => {
    const lines: string[] = [];
    const stream = new Writable({
      decodeStrings: false,
      write(line: string, _encoding, done) {
        lines.push(line);
        done();
      },
    });
    const log = createLogger({ level: 'info', format, stream });
    for (const value of Object.values(hostileValues)) {
      log.info('a message', { value: value(), values: [value()] });
      log.info(value() as string);
    }
    assert.equal(lines.length, 2 * Object.keys(hostileValues).length);
    log.info('at 100%d of the quota, %s', { code: 'OC_X' });
    assert.match(lines.at(-1)!, /at 100%d of the quota, %s.*OC_X/);
  });
}
