/** Handlers in sequence, as in an Express route. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NextFunction, RequestHandler } from 'express';
import { inSequence } from '../../lib/server/sequence.ts';

type Step = (next: NextFunction) => unknown;

/** What has run, and what came out at the end. */
function run(...steps: Step[]): Promise<{ ran: number; end: unknown }> {
  let ran = 0;
  const handlers = steps.map(
    (step): RequestHandler =>
      (_req, _res, next) => {
        ran += 1;
        return step(next) as undefined;
      },
  );
  return new Promise((resolve) =>
    inSequence(handlers)({} as never, {} as never, (end?: unknown) => resolve({ ran, end })),
  );
}

const pass: Step = (next) => next();
// biome-ignore lint/suspicious/noThenProperty: not a Promise, and yet awaited
const thenable = { then: (_: unknown, reject: (reason: unknown) => void) => reject('late') };

test('each goes on by its next, also later, and the end comes behind the last', async () => {
  assert.deepEqual(await run(), { ran: 0, end: undefined });
  assert.deepEqual(
    await run(
      pass,
      (next) => void setImmediate(next),
      async (next) => next(),
    ),
    { ran: 3, end: undefined },
  );
});

test('errors, rejections and words for Express go to the end, past all others', async () => {
  const ends: [Step, unknown][] = [
    [(next) => next('route'), 'route'],
    [(next) => next('failed'), 'failed'],
    [() => Promise.reject('rejected'), 'rejected'],
    [() => thenable, 'late'],
    [
      () => {
        throw 'thrown';
      },
      'thrown',
    ],
  ];
  for (const [step, end] of ends) assert.deepEqual(await run(pass, step, pass), { ran: 2, end });
  for (const step of [
    () => Promise.reject(),
    () => {
      throw undefined;
    },
  ] as Step[])
    assert.ok((await run(step, pass)).end instanceof Error);
});
