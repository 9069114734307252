import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CanonicalRequest } from '../../lib/canonical.ts';
import { ignoreOthers } from '../../lib/providers/ignored.ts';

function ignoredOf(request: Partial<CanonicalRequest>): string[] {
  const ignored: string[] = [];
  const whole = { model: 'm', input: [], stream: true, ...request };
  ignoreOthers(whole, new Set(['input']), (param) => ignored.push(param));
  return ignored;
}

test('what is neither taken nor emulated is named', () => {
  assert.deepEqual(ignoredOf({ temperature: 1, stop: ['x'], choices: 2, store: false, user: undefined }), [
    'temperature',
  ]);
  assert.deepEqual(ignoredOf({ store: true, logprobs: true }), ['store', 'logprobs']);
});

test('unknown parameters are named where their name can stand in a header, and not without end', () => {
  assert.deepEqual(ignoredOf({ extra: { min_p: 4, 'bad\r\nname': 1, ünïcode: 1 } }), ['min_p']);
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`unknown_${index}`, 1]));
  assert.equal(ignoredOf({ extra: many }).length, 16);
});
