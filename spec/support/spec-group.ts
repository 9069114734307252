/**
 * Loads the spec files that its URL names, `spec-group.ts?a.spec.ts,b.spec.ts`, into one process, which then runs them one
 * after another. Started by `../run.ts`, with Node's `--entry-url`.
 */
import asyncHooks, { createHook } from 'node:async_hooks';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// The runner of Node follows every promise to the test that made it, to tell whose an error is that nobody catches: a tenth of
// all processor time. What is no promise it still follows, and each such error still fails the run.
asyncHooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false });
const { before, test } = await import('node:test');
asyncHooks.createHook = createHook;

const loaded = Promise.withResolvers<void>();
// No test begins before all are there: none is to load a file in the midst of another's tests.
before(() => loaded.promise);
for (const file of new URL(import.meta.url).search.slice(1).split(',')) {
  try {
    await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    test(file, () => {
      throw error;
    });
  }
}
loaded.resolve();
