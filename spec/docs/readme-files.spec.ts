/** The files that the guides name are there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);

/** Paths in code, such as `middleware/proxy.ts`; in lib/README.md those of the root and of its table stand from lib/ on. */
function pathsIn(guide: string): string[] {
  const text = readFileSync(new URL(guide, root), 'utf8');
  return [...text.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|json|md)|(?:[\w.-]+\/)+)`/g)].map(([, path]) => path!);
}

function isThere(path: string, guide: string): boolean {
  return existsSync(new URL(path, root)) || existsSync(new URL(path, new URL(guide, root)));
}

test('lib/README.md names files and folders that exist', () => {
  const paths = pathsIn('lib/README.md');
  assert.ok(paths.length > 40, String(paths.length));
  assert.deepEqual(
    paths.filter((path) => !isThere(path, 'lib/README.md')),
    [],
  );
});
