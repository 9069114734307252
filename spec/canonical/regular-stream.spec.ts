/** What stands behind every decoder: whatever an upstream leaves out or does its own way, the stream is regular. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RegularStream } from '../../lib/canonical/regular-stream.ts';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import { toRegularEvents } from '../support/regular-events.ts';
import { expectAnswer, listAnswerFixtures, readFixture } from '../support/response-events.ts';
import { habits, withHabits } from '../support/upstream-habits.ts';

// biome-ignore lint/suspicious/noExplicitAny: any field of any event
type Any = any;

const answers = listAnswerFixtures().map((name) => {
  const events = readFixture(name).filter(({ type }) => type.startsWith('response.'));
  return [name, events] as const;
});
const irregular = fc
  .tuple(fc.constantFrom(...answers), habits)
  .map(([[name, events], habit]) => [name, withHabits(events, habit) as CanonicalEvent[]] as const);

/** What is told of each text: its deltas put together, by its place. */
function streamedTexts(events: readonly CanonicalEvent[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const event of events as Any[]) {
    if (!/(text|refusal|arguments|input)\.delta$/.test(event.type)) continue;
    const key = placeOf(event);
    texts.set(key, (texts.get(key) ?? '') + event.delta);
  }
  return texts;
}

function placeOf({ type, output_index, content_index, summary_index }: Any): string {
  return `${type.replace(/\.(delta|done)$/, '')} ${output_index} ${content_index ?? summary_index ?? ''}`;
}

test('made regular once more, a regular stream stays what it is', () => {
  fc.assert(
    fc.property(irregular, ([name, events]) => {
      const regular = toRegularEvents(events);
      assert.deepEqual(toRegularEvents(regular), regular, name);
    }),
    { numRuns: 300 },
  );
});

test('each text comes in deltas, and its done event and the end repeat it', () => {
  fc.assert(
    fc.property(irregular, ([name, events]) => {
      const regular = toRegularEvents(events);
      const texts = streamedTexts(regular);
      for (const event of regular as Any[]) {
        if (!/(text|refusal|arguments|input)\.done$/.test(event.type)) continue;
        const whole = event.text ?? event.refusal ?? event.arguments ?? event.input;
        assert.equal(whole, texts.get(placeOf(event)) ?? '', `${name}: ${event.type}`);
      }
      const finished = (regular as Any[]).filter(({ type }) => type === 'response.output_item.done');
      assert.deepEqual(
        (regular.at(-1) as Any).response.output,
        finished.sort((a, b) => a.output_index - b.output_index).map(({ item }) => item),
        name,
      );
    }),
    { numRuns: 300 },
  );
});

test('nothing is lost, numbered throughout, items in order and without gaps', () => {
  fc.assert(
    fc.property(irregular, ([name, events]) => {
      const regular = toRegularEvents(events);
      assert.deepEqual(
        regular.map(({ sequence_number }) => sequence_number),
        regular.map((_, index) => index),
      );
      const added = (regular as Any[]).filter(({ type }) => type === 'response.output_item.added');
      assert.deepEqual(
        added.map(({ output_index }) => output_index),
        added.map((_, index) => index),
      );
      const { response: _a, ...said } = expectAnswer(regular);
      const { response: _b, ...meant } = expectAnswer(events);
      assert.deepEqual(said, meant, name);
    }),
    { numRuns: 300 },
  );
});

test('from transforms only deltas count: what they dropped does not come back', () => {
  fc.assert(
    fc.property(irregular, ([name, events]) => {
      const left = toRegularEvents(events).filter(({ type }) => !type.endsWith('.delta'));
      const regular: CanonicalEvent[] = [];
      const stream = new RegularStream({ id: 'x', source: 'transforms' }, (event) => regular.push(event));
      for (const event of left) stream.take(structuredClone(event));
      assert.equal(streamedTexts(regular).size, 0, name);
      const { text, refusal, reasoning, toolCalls } = expectAnswer(regular);
      const inputs = toolCalls.map(({ input }) => input);
      assert.equal([text, refusal, ...reasoning, ...inputs].join(''), '', name);
    }),
    { numRuns: 200 },
  );
});
