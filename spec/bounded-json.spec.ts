import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxDepth, maxNumberLength, ValueBudget } from '../lib/bounded-json.ts';

/** In quarters: a comma counts one, everything that has a bracket or quotes four. */
function countQuarters(value: unknown): number {
  if (typeof value === 'string') return 4;
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value);
  const keys = Array.isArray(value) ? 0 : 4 * inner.length;
  return inner.reduce<number>((sum, item) => sum + countQuarters(item), 4 + keys + Math.max(0, inner.length - 1));
}

test('counts what JSON holds, whatever its texts are made of and however it is laid out', () => {
  const unit = fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', ',', '\n', '漢', '🙂');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit }),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(fc.string({ unit }), tie('value')),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 2, '\t'), (written, indent) => {
      const json = JSON.stringify(written, null, indent);
      const quarters = countQuarters(written);
      assert.equal(new ValueBudget(quarters / 4).spend(json), undefined);
      assert.deepEqual(new ValueBudget(quarters / 4).parse(json), JSON.parse(json));
      if (quarters > 0) assert.equal(new ValueBudget((quarters - 1) / 4).spend(json), 'too many values');
    }),
    { numRuns: 1000 },
  );
});

test('never throws, whatever the text is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '{', '[', ']', '}', ',', 'a') }), (text) => {
      new ValueBudget(1000).spend(text);
      new ValueBudget(1000).parse(text);
    }),
  );
});

test('several texts share one budget', () => {
  const budget = new ValueBudget(3);
  assert.equal(budget.spend('[[]]'), undefined);
  assert.equal(budget.spend('[]'), undefined);
  assert.equal(budget.spend('[]'), 'too many values');
  assert.equal(budget.parse('[]'), undefined);
});

test('only so deep', () => {
  const nest = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  assert.equal(new ValueBudget(10_000).spend(nest(maxDepth)), undefined);
  assert.equal(new ValueBudget(10_000).spend(nest(maxDepth + 1)), 'too deep');
});

test('only numbers that a double may need', () => {
  const digits = '7'.repeat(maxNumberLength);
  const spaces = ' '.repeat(2 * maxNumberLength);
  const around = ['', '[]', '{"a":}', '[1,,2]', `[${spaces},1]`, `{"a" :${spaces},"b":[]}`];
  const places = [
    (n: string) => n,
    (n: string) => `[${n}]`,
    (n: string) => `{"a":${spaces}${n}${spaces}}`,
    (n: string) => `[1,${n},[]]`,
  ];
  for (const place of places) {
    assert.equal(new ValueBudget(10).spend(place(digits)), undefined);
    assert.equal(new ValueBudget(10).spend(place(`${digits}7`)), 'too long a number');
    assert.deepEqual(new ValueBudget(10).parse(place(digits)), JSON.parse(place(digits)));
  }
  for (const json of around) assert.equal(new ValueBudget(10).spend(json), undefined, json);
  assert.equal(new ValueBudget(10).spend(`["${digits}7",true]`), undefined);
});
