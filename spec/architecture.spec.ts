import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What each folder may import, besides packages. */
const arrows: Record<string, readonly string[]> = {
  lib: ['lib'],
  middleware: ['middleware', 'lib'],
  routes: ['routes', 'middleware', 'lib'],
};

async function sourcesOf(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true });
  return entries.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

async function relativeImportsOf(file: string): Promise<string[]> {
  const text = await readFile(join(root, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1]!);
  return specifiers.map((specifier) => relative(root, join(root, dirname(file), specifier)));
}

for (const [folder, allowed] of Object.entries(arrows)) {
  test(`${folder}/ imports only from ${allowed.join(', ')}`, async () => {
    const files = await sourcesOf(folder);
    assert.ok(files.length > 0);
    for (const file of files) {
      for (const target of await relativeImportsOf(file)) {
        assert.ok(allowed.includes(target.split('/')[0]!), `${file} imports ${target}`);
      }
    }
  });
}

test('the API translations know no clock, no network and no randomness', async () => {
  for (const file of await sourcesOf('lib/apis')) {
    const text = await readFile(join(root, file), 'utf8');
    assert.doesNotMatch(
      text,
      /Date\.now|new Date\(\)|performance\.now|Math\.random|node:(http|https|net|fs)|randomBytes|randomUUID|fetch\(/,
      file,
    );
  }
});

test('each box of the chain can be read in one go', async () => {
  for (const file of await sourcesOf('middleware')) {
    const lines = (await readFile(join(root, file), 'utf8')).split('\n').length;
    assert.ok(lines <= 150, `${file} has ${lines} lines`);
  }
});

test('the top level holds what it should and nothing else', async () => {
  const allowed = [
    'LICENSE',
    'CHANGELOG.md',
    'README.md',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'lib',
    'middleware',
    'routes',
    'spec',
    'chart',
    'docker',
  ];
  const made = ['node_modules', 'dist'];
  const entries = (await readdir(root)).filter((name) => !name.startsWith('.') && !name.endsWith('.tgz'));
  assert.deepEqual(
    entries.filter((name) => !allowed.includes(name) && !made.includes(name)),
    [],
  );
});
