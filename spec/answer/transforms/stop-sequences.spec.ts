import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { createStopTransform } from '../../../lib/answer/transforms/stop-sequences.ts';
import { deltasOf, faultsOf, request, run, type StreamedItem, streamOf } from './events.ts';

function stopAt(stop: string[], items: StreamedItem[]) {
  return run(createStopTransform(stop, request), streamOf(items));
}

test('cuts the text where the sequence begins, also across deltas, and ends the answer properly', () => {
  const events = stopAt(['END'], [{ type: 'message', deltas: ['one two E', 'N', 'D three', ' four'] }]);
  assert.equal(deltasOf(events), 'one two ');
  assert.deepEqual(faultsOf(events), []);
  const { type, response } = events.at(-1);
  assert.equal(type, 'response.completed');
  assert.equal(response.status, 'completed');
  assert.equal(response.id, 'resp_1');
  assert.equal(response.output[0].content[0].text, 'one two ');
  assert.equal(response.usage.output_tokens, 3);
  assert.ok(response.usage.input_tokens > 0);
});

test('lets text without a possible match pass as it is, at once', () => {
  const transform = createStopTransform(['###'], request);
  const events = streamOf([{ type: 'message', deltas: ['plain ', 'text'] }]);
  for (const event of events) {
    const out: unknown[] = [];
    transform(event, (emitted) => out.push(emitted), 0);
    assert.equal(out.length, 1);
    assert.equal(out[0], event);
  }
});

test('holds back no more than may be the beginning of a sequence', () => {
  const transform = createStopTransform(['STOP'], request);
  const texts = streamOf([{ type: 'message', deltas: ['abcST', 'x'] }]).map((event) => {
    let text = '';
    transform(event, (emitted) => (text += emitted.type === 'response.output_text.delta' ? emitted.delta : ''), 0);
    return text;
  });
  assert.deepEqual(texts.filter(Boolean), ['abc', 'STx']);
});

test('gives back at the end what was held and did not become a sequence', () => {
  const events = stopAt(['STOP'], [{ type: 'message', deltas: ['abc', 'STO'] }]);
  assert.equal(deltasOf(events), 'abcSTO');
  assert.deepEqual(faultsOf(events), []);
  assert.equal(events.at(-1).response.usage.output_tokens, 7);
});

test('gives held text to the client before a tool call, and leaves the call alone', () => {
  const events = stopAt(
    ['STOP'],
    [
      { type: 'message', deltas: ['let me look ST'] },
      { type: 'function_call', deltas: ['{"a":"ST', 'OP"}'] },
    ],
  );
  assert.equal(deltasOf(events), 'let me look ST');
  assert.equal(deltasOf(events, 'function_call_arguments'), '{"a":"STOP"}');
  assert.deepEqual(faultsOf(events), []);
});

test('a longer sequence that began earlier wins over a shorter one that is complete first', () => {
  assert.equal(deltasOf(stopAt(['bc', 'abcd'], [{ type: 'message', deltas: ['xab', 'c', 'd'] }])), 'x');
  assert.equal(deltasOf(stopAt(['bc', 'abcd'], [{ type: 'message', deltas: ['xab', 'c', 'e'] }])), 'xa');
  const atTheEnd = stopAt(['bc', 'abcd'], [{ type: 'message', deltas: ['xab', 'c'] }]);
  assert.equal(deltasOf(atTheEnd), 'xa');
  assert.equal(atTheEnd.at(-1).response.usage.output_tokens, 7, 'what the upstream told is not counted again');
});

test('sees text that the upstream sends only when it is done', () => {
  const events = stopAt(['END'], [{ type: 'message', deltas: ['one END two'], hasNoDeltas: true }]);
  assert.equal(deltasOf(events), 'one ');
  assert.deepEqual(faultsOf(events), []);
});

test('equals cutting the whole text, for any text, splits, items and sequences', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '🙂') });
  fc.assert(
    fc.property(
      fc.array(fc.array(letters, { minLength: 1 }), { minLength: 1, maxLength: 3 }),
      fc.array(
        letters.filter((text) => text !== ''),
        { minLength: 1, maxLength: 4 },
      ),
      fc.boolean(),
      (messages, stop, hasNoDeltas) => {
        const whole = messages.flat().join('');
        const starts = stop.map((sequence) => whole.indexOf(sequence)).filter((start) => start >= 0);
        const events = stopAt(
          stop,
          messages.map((deltas) => ({ type: 'message', deltas, hasNoDeltas })),
        );
        assert.equal(deltasOf(events), starts.length > 0 ? whole.slice(0, Math.min(...starts)) : whole);
        assert.deepEqual(faultsOf(events), []);
      },
    ),
    { numRuns: 2000 },
  );
});

test('tells which sequence ended the text: the one that begins first', () => {
  const sequenceOf = (stop: string[], deltas: string[]) => {
    const { response } = stopAt(stop, [{ type: 'message', deltas }]).at(-1);
    return response.stop_sequence;
  };
  assert.equal(sequenceOf(['three', 'two'], ['one tw', 'o three']), 'two');
  assert.equal(sequenceOf(['b', 'abc'], ['xa', 'bc']), 'abc');
  assert.equal(sequenceOf(['END'], ['one']), undefined);
});
