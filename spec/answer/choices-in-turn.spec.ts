/** Choices opened in turn: never too many at a time, each once, and all let go when one fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answerChoices } from '../../lib/answer/choices-in-turn.ts';
import type { UpstreamAnswer } from '../../lib/providers/provider.ts';

interface Run {
  opened: number[];
  taken: number[];
  mostAtOnce: number;
  /** Answers that neither were taken to their end nor let go. */
  left: number;
  allOpenCalls: number;
  error?: unknown;
}

/** @param failing the choice that fails, and when; its delays make the others come in any order */
async function run(
  count: number,
  atOnce: number,
  delays: readonly number[],
  failing?: { choice: number; in: 'open' | 'take' },
): Promise<Run> {
  const result: Run = { opened: [], taken: [], mostAtOnce: 0, left: 0, allOpenCalls: 0 };
  let underWay = 0;
  let hasBegun = false;
  const pause = async (choice: number) => {
    for (let left = delays[choice % delays.length]!; left > 0; left -= 1) await new Promise(setImmediate);
  };
  const settle = () => {
    underWay -= 1;
  };
  try {
    await answerChoices({
      count: () => count,
      atOnce,
      async open(choice) {
        underWay += 1;
        result.mostAtOnce = Math.max(result.mostAtOnce, underWay);
        await pause(choice);
        if (failing?.in === 'open' && failing.choice === choice) {
          settle();
          throw new Error('open');
        }
        result.opened.push(choice);
        result.left += 1;
        let isGone = false;
        const letGo = () => {
          if (!isGone) result.left -= 1;
          isGone = true;
        };
        return { destroy: letGo } as unknown as UpstreamAnswer;
      },
      begin() {
        assert.equal(hasBegun, false);
        hasBegun = true;
        return async (answer, choice) => {
          await pause(choice + 1);
          settle();
          answer.destroy();
          if (failing?.in === 'take' && failing.choice === choice) throw new Error('take');
          result.taken.push(choice);
        };
      },
      onAllOpen() {
        assert.equal(result.opened.length, count);
        assert.equal(hasBegun, true);
        result.allOpenCalls += 1;
      },
    });
  } catch (error) {
    result.error = error;
  }
  // What was on its way when one failed still arrives.
  for (let turns = 0; turns < 100; turns += 1) await new Promise(setImmediate);
  return result;
}

const counts = fc.record({ count: fc.integer({ min: 1, max: 12 }), atOnce: fc.integer({ min: 1, max: 5 }) });
const delays = fc.array(fc.nat(4), { minLength: 1, maxLength: 6 });

test('every choice is opened and taken once, the first one first', async () => {
  await fc.assert(
    fc.asyncProperty(counts, delays, async ({ count, atOnce }, waits) => {
      const { opened, taken, mostAtOnce, allOpenCalls, error } = await run(count, atOnce, waits);
      assert.equal(error, undefined);
      const all = Array.from({ length: count }, (_, choice) => choice);
      assert.equal(opened[0], 0);
      assert.deepEqual(opened.toSorted((a, b) => a - b), all); // biome-ignore format: one thought
      assert.deepEqual(taken.toSorted((a, b) => a - b), all); // biome-ignore format: one thought
      assert.ok(mostAtOnce <= atOnce);
      assert.ok(allOpenCalls >= 1);
    }),
    { numRuns: 50 },
  );
});

test('when one fails, that is the error, and no answer is left open', async () => {
  const failures = fc.record({ at: fc.nat(), in: fc.constantFrom('open' as const, 'take' as const) });
  await fc.assert(
    fc.asyncProperty(counts, delays, failures, async ({ count, atOnce }, waits, { at, in: when }) => {
      const { error, left } = await run(count, atOnce, waits, { choice: at % count, in: when });
      assert.equal((error as Error).message, when);
      assert.equal(left, 0);
    }),
    { numRuns: 50 },
  );
});
