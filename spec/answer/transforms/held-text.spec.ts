/** What a filter of text gives does not depend on where the text is cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type HeldText, PatternText, WordText } from '../../../lib/answer/transforms/held-text.ts';

/** A text, and the places at which it is cut. */
const cutText = (alphabet: string) =>
  fc.tuple(
    fc.array(fc.constantFrom(...alphabet), { maxLength: 60 }).map((characters) => characters.join('')),
    fc.array(fc.nat(60), { maxLength: 12 }),
  );

function pieces(text: string, cuts: readonly number[]): string[] {
  const ends = [...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length];
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}

const run = (held: HeldText, parts: readonly string[]) => parts.map((part) => held.take(part)).join('') + held.end();

const patterns: [RegExp, number][] = [
  [/falcon/i, 6],
  [/\bab+\b/, 80],
  [/a|ab|abb/, 3],
  [/(?<=b)a{1,3}/, 4],
  [/😀a?/u, 3],
  [/x*/, 80],
];

test('the matches of a pattern are the same, wherever the text is cut', () => {
  for (const [pattern, maxLength] of patterns) {
    const whole = new RegExp(pattern.source, `${pattern.flags}g`);
    fc.assert(
      fc.property(cutText('ab 😀xfalcon'), ([text, cuts]) => {
        const expected = text.replaceAll(whole, (match) => (match === '' ? '' : '<>'));
        const held = new PatternText(pattern, maxLength, () => '<>');
        assert.equal(run(held, pieces(text, cuts)), expected);
      }),
      { numRuns: 300 },
    );
  }
});

test('as little is held back as can be, and no character is halved', () => {
  const held = new PatternText(/secret/, 6, () => '***');
  assert.equal(held.take('Say it: sec'), 'Say it');
  assert.equal(held.take('ret now'), ': ***');
  assert.equal(held.end(), ' now');
  const halves = new PatternText(/never/, 3, () => '');
  assert.equal(halves.take('a😀b'), 'a');
  assert.throws(() => new PatternText(/a/, 0, () => ''), RangeError);
});

test('a match longer than promised does not hold the text for ever', () => {
  const held = new PatternText(/a+/, 4, () => '-');
  const given = Array.from({ length: 100 }, () => held.take('a')).join('');
  assert.ok(given.length > 10, given);
});

test('words come whole, and everything comes', () => {
  fc.assert(
    fc.property(cutText('ab \n'), ([text, cuts]) => {
      const seen: string[] = [];
      const held = new WordText((part) => {
        seen.push(part);
        return part;
      });
      assert.equal(run(held, pieces(text, cuts)), text);
      for (const part of seen.slice(0, -1)) assert.match(part, /\s$/);
    }),
  );
});
