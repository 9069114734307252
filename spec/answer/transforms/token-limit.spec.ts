import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { createTokenLimitTransform } from '../../../lib/answer/transforms/token-limit.ts';
import { countTokens, takeTokens } from '../../../lib/canonical/tokens.ts';
import { deltasOf, faultsOf, request, run, type StreamedItem, streamOf } from './events.ts';

function limit(maxTokens: number, items: StreamedItem[]) {
  return run(createTokenLimitTransform(maxTokens, request), streamOf(items));
}

test('ends the answer after so many tokens, as incomplete', () => {
  const events = limit(5, [{ type: 'message', deltas: ['one two', ' three four', ' five six', ' seven'] }]);
  assert.equal(deltasOf(events), 'one two three four five');
  assert.deepEqual(faultsOf(events), []);
  const { type, response } = events.at(-1);
  assert.equal(type, 'response.incomplete');
  assert.deepEqual(response.incomplete_details, { reason: 'max_output_tokens' });
  assert.equal(response.output[0].status, 'incomplete');
  assert.equal(response.usage.output_tokens, 5);
});

test('leaves an answer within the limit exactly as it is', () => {
  const events = streamOf([{ type: 'message', deltas: ['one two', ' three four'] }]);
  const out = run(createTokenLimitTransform(4, request), events);
  assert.equal(out.length, events.length);
  out.forEach((event, index) => {
    assert.equal(event, events[index]);
  });
});

test('counts arguments, refusals and several items together', () => {
  const events = limit(6, [
    { type: 'message', deltas: ['one two three'] },
    { type: 'function_call', deltas: ['one two', ' three four'] },
    { type: 'refusal', deltas: ['never sent'] },
  ]);
  assert.equal(deltasOf(events, 'function_call_arguments'), 'one two three');
  assert.equal(deltasOf(events, 'refusal'), '');
  assert.deepEqual(faultsOf(events), []);
  const [, call] = events.at(-1).response.output;
  assert.equal(call.status, 'incomplete');
  assert.equal(call.arguments, 'one two three');
});

test('custom tool input and refusals are cut as well', () => {
  const input = limit(2, [{ type: 'custom_tool_call', deltas: ['one two three'] }]);
  assert.equal(deltasOf(input, 'custom_tool_call_input'), 'one two');
  assert.deepEqual(faultsOf(input), []);
  const refusal = limit(2, [{ type: 'refusal', deltas: ['one two three'], hasNoDeltas: true }]);
  assert.equal(deltasOf(refusal, 'refusal'), 'one two');
  assert.deepEqual(faultsOf(refusal), []);
});

test('never cuts inside a character', () => {
  for (let maxTokens = 1; maxTokens < 12; maxTokens += 1) {
    const text = deltasOf(limit(maxTokens, [{ type: 'message', deltas: ['🙂‍↔️漢字𓀀🙂‍↔️漢字𓀀'] }]));
    assert.ok(text.isWellFormed());
    assert.ok(!text.includes('\ufffd'));
  }
});

test('passes a start of the text of no more tokens than the limit, for any text and splits', () => {
  const words = fc.string({
    unit: fc.constantFrom('a', 'Be', ' ', '  ', '\n', '1', '12', '.', "'s", '漢', 'é', '🙂', '{"', ' the', 'ing'),
  });
  fc.assert(
    fc.property(fc.array(words, { minLength: 1 }), fc.integer({ min: 1, max: 30 }), (deltas, maxTokens) => {
      const whole = deltas.join('');
      const events = limit(maxTokens, [{ type: 'message', deltas }]);
      const text = deltasOf(events);
      assert.deepEqual(faultsOf(events), []);
      assert.ok(whole.startsWith(text));
      assert.ok(countTokens(text) <= maxTokens, `${countTokens(text)} > ${maxTokens}`);
      if (countTokens(whole) <= maxTokens) {
        // Text may need more tokens in the middle than at its end; then an earlier end is right.
        const isEverWithin = deltas.every((_, index) => countTokens(deltas.slice(0, index + 1).join('')) <= maxTokens);
        if (isEverWithin) assert.equal(text, whole);
      } else {
        assert.equal(events.at(-1).type, 'response.incomplete');
      }
    }),
    { numRuns: 500 },
  );
});

test('taking tokens gives whole characters of the start', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 20 }), (text, maxTokens) => {
      const taken = takeTokens(text, maxTokens);
      assert.ok(text.startsWith(taken));
      assert.ok(countTokens(text) > maxTokens || taken === text);
    }),
  );
});

test('an unbroken run of letters is counted in linear time and about right', () => {
  assert.ok(Math.abs(countTokens('A'.repeat(50_000)) - 6250) < 60);
});
