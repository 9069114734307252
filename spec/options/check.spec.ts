/** Options against the schema that a middleware declares for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonSchema } from '../../lib/json-schema.ts';
import { checkOptions } from '../../lib/options/check.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['max'],
  properties: {
    max: { enum: ['low', 'medium', 'high'] },
    seconds: { type: 'number', exclusiveMinimum: 0, default: 5 },
    upstream: { type: 'string', format: 'http-url' },
    token: { type: 'string', minLength: 20 },
    pin: { type: 'string', 'x-secret': true, pattern: '^\\d+$' },
    rules: {
      type: 'array',
      items: { type: 'object', properties: { count: { type: ['integer', 'string'], minimum: 1 } } },
    },
  },
} as const satisfies JsonSchema;

test('good options have no faults, and get their defaults', () => {
  const options = { max: 'low' };
  assert.deepEqual(checkOptions(schema, options, 'middleware[0].options'), []);
  assert.deepEqual(options, { max: 'low', seconds: 5 });
});

test('every fault is named where it is, in words', () => {
  const options = {
    seconds: 0,
    uptream: 'x',
    upstream: 'a.example',
    rules: [{ count: 1 }, { count: true }, { count: 0 }],
  };
  const faults = checkOptions(schema, options, 'middleware[0].options');
  const told = Object.fromEntries(faults.map(({ path, reason, nearest }) => [path, [reason, nearest]]));
  assert.deepEqual(told, {
    'middleware[0].options.max': ['is missing', undefined],
    'middleware[0].options.uptream': ['is not a known key here', 'upstream'],
    'middleware[0].options.seconds': ['must be more than 0', undefined],
    'middleware[0].options.upstream': ['must be a URL such as https://example.com', undefined],
    'middleware[0].options.rules[1].count': ['must be a whole number or text', undefined],
    'middleware[0].options.rules[2].count': ['must be at least 1', undefined],
  });
  assert.equal(faults.length, 6);
});

test('a misspelled choice gets the nearest one', () => {
  const [fault] = checkOptions(schema, { max: 'hihg' }, '');
  assert.deepEqual(fault, {
    path: 'max',
    value: 'hihg',
    reason: 'must be one of low, medium, high',
    nearest: 'high',
  });
});

test('what is secret, or sounds so, is not shown', () => {
  const faults = checkOptions(schema, { max: 'low', token: 'too-short', pin: 'not-a-number' }, '');
  assert.deepEqual(faults.map(({ path, value }) => [path, value]).sort(), [
    ['pin', '[secret]'],
    ['token', '[secret]'],
  ]);
});

test('a schema that is wrong itself is a fault, not a crash and not a check that never happens', () => {
  for (const wrong of [{ type: 'objekt' }, { type: 'object', additionalProprties: false }, { format: 'nonsense' }]) {
    const [fault, ...others] = checkOptions(wrong as JsonSchema, {}, 'middleware[0].options');
    assert.equal(others.length, 0);
    assert.equal(fault?.path, 'middleware[0].options');
    assert.match(fault?.reason ?? '', /^cannot be checked, because their own schema is wrong: /);
  }
});

test('lists that are too short', () => {
  const lists: JsonSchema = {
    type: 'object',
    properties: { one: { type: 'array', minItems: 1 }, two: { type: 'array', minItems: 2 } },
  };
  const reasons = checkOptions(lists, { one: [], two: [] }, '').map(({ reason }) => reason);
  assert.deepEqual(reasons, ['must not be empty', 'must have at least 2 entries']);
});
