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

/** The folders of lib/ from the bottom up: each may import those before it, and none behind it. Type imports count. */
const layers = [
  'root',
  'options',
  'storage',
  'outgoing',
  'canonical',
  'apis',
  'auth',
  'providers',
  'config',
  'models',
  'answer',
  'usage',
  'kept',
  'chain',
  'server',
  'commands',
  'entry',
] as const;

/** Where the package is entered: these rest on everything. */
const entries = ['lib/cli.ts', 'lib/index.ts'];

/** Imports upwards that are still to be turned round: whose name begins so, to what. */
const upwards: readonly (readonly [string, string])[] = [
  ['lib/answer/', 'lib/chain/middleware.ts'],
  ['lib/apis/ollama/models.ts', 'lib/models/resolve.ts'],
  ['lib/apis/ollama/models.ts', 'lib/providers/provider.ts'],
];

/** Circles of files that are still to be opened, by their first file. */
const circles: readonly string[] = [
  'lib/chain/exchange.ts → lib/chain/guard.ts',
  'lib/commands/check-action.ts → lib/commands/check.ts',
];

async function sourcesOf(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
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

function layerOf(file: string): string {
  if (entries.includes(file)) return 'entry';
  const [, folder, ...below] = file.split('/');
  return below.length > 0 ? folder! : 'root';
}

test('no folder of lib/ imports one that stands above it', async () => {
  const found: string[] = [];
  for (const file of await sourcesOf('lib')) {
    const height = layers.indexOf(layerOf(file) as (typeof layers)[number]);
    assert.ok(height >= 0, `${file} stands in a folder that is no layer yet`);
    for (const target of await relativeImportsOf(file)) {
      const isNamed = upwards.some(([from, to]) => file.startsWith(from) && target.startsWith(to));
      if (layers.indexOf(layerOf(target) as (typeof layers)[number]) > height && !isNamed) {
        found.push(`${file} → ${target}`);
      }
    }
  }
  assert.deepEqual(found.sort(), []);
});

test('no file of lib/ rests on itself', async () => {
  const targets = new Map<string, string[]>();
  for (const file of await sourcesOf('lib')) targets.set(file, await relativeImportsOf(file));
  const found = new Set<string>();
  const finished = new Set<string>();

  function walk(file: string, trail: readonly string[]): void {
    const since = trail.indexOf(file);
    if (since >= 0) found.add(describeCircle(trail.slice(since)));
    if (since >= 0 || finished.has(file)) return;
    for (const target of targets.get(file) ?? []) walk(target, [...trail, file]);
    finished.add(file);
  }

  for (const file of targets.keys()) walk(file, []);
  assert.deepEqual([...found].filter((circle) => !circles.includes(circle)).sort(), []);
});

/** Begins with the file whose name comes first, whichever was met first. */
function describeCircle(files: readonly string[]): string {
  const first = files.indexOf(files.toSorted()[0]!);
  return [...files.slice(first), ...files.slice(0, first)].join(' → ');
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
