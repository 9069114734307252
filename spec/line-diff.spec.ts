import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffLists } from '../lib/line-diff.ts';

test('what is left of a difference without its added or removed lines is the one or the other text', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = diffLists(before, after);
      const without = (left: string) => diff.filter(({ kind }) => kind !== left).map(({ text }) => text);
      assert.deepEqual([without('added'), without('removed')], [before, after]);
    }),
  );
});

test('a long text that has changed in many places is compared, not replaced', () => {
  const before = Array.from({ length: 3_000 }, (_, index) => (index % 3 === 0 ? '{' : `line ${index}`));
  const after = before.flatMap((line, index) =>
    index % 100 === 50 ? ['inserted', line] : index % 100 === 80 ? [] : [line],
  );
  const diff = diffLists(before, after);
  const count = (wanted: string) => diff.filter(({ kind }) => kind === wanted).length;
  assert.deepEqual([count('added'), count('removed')], [30, 30]);
  const without = (left: string) => diff.filter(({ kind }) => kind !== left).map(({ text }) => text);
  assert.deepEqual([without('added'), without('removed')], [before, after]);
});

test('one line that changes in a long text is the only difference', () => {
  const before = Array.from({ length: 5_000 }, (_, index) => `line ${index}`);
  const diff = diffLists(before, before.with(2_500, 'another'));
  assert.deepEqual(
    diff.filter(({ kind }) => kind !== 'same'),
    [
      { kind: 'removed', text: 'line 2500' },
      { kind: 'added', text: 'another' },
    ],
  );
});
