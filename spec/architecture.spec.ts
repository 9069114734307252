import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What each top folder may import, besides packages. */
const topArrows: Record<string, readonly string[]> = {
  lib: ['lib'],
  middleware: ['middleware', 'lib'],
  routes: ['routes', 'middleware', 'lib'],
};

/**
 * What each folder of lib/ imports of the others, type imports too. A row names only rows above it: nothing imports
 * upwards, and no two folders import each other. `root` is what lies in lib/ itself; `entry` is where the package is entered.
 */
const libArrows: Record<string, readonly string[]> = {
  root: [],
  options: ['root'],
  storage: ['root', 'options'],
  outgoing: [],
  recorder: ['root'],
  canonical: ['root'],
  apis: ['root', 'canonical'],
  auth: ['root', 'storage', 'outgoing'],
  providers: ['root', 'options', 'storage', 'outgoing', 'recorder', 'canonical', 'apis', 'auth'],
  config: ['root', 'options', 'storage', 'apis', 'providers'],
  models: ['root', 'canonical', 'providers'],
  quota: ['root', 'storage', 'canonical', 'providers', 'models'],
  answer: ['root', 'outgoing', 'recorder', 'canonical', 'apis', 'providers', 'config'],
  usage: ['root', 'options', 'storage', 'config'],
  kept: ['root', 'storage', 'canonical', 'apis'],
  chain: [
    'root',
    'options',
    'storage',
    'recorder',
    'canonical',
    'apis',
    'providers',
    'config',
    'models',
    'quota',
    'answer',
    'usage',
    'kept',
  ],
  server: [
    'root',
    'options',
    'storage',
    'recorder',
    'apis',
    'auth',
    'providers',
    'config',
    'models',
    'quota',
    'answer',
    'usage',
    'kept',
    'chain',
  ],
  console: [
    'root',
    'options',
    'storage',
    'recorder',
    'auth',
    'providers',
    'quota',
    'config',
    'models',
    'usage',
    'chain',
    'server',
  ],
  conformance: ['root'],
  commands: [
    'root',
    'options',
    'storage',
    'recorder',
    'outgoing',
    'auth',
    'providers',
    'config',
    'models',
    'quota',
    'usage',
    'chain',
    'server',
    'conformance',
  ],
  build: ['root', 'options', 'apis', 'providers', 'config', 'chain', 'server', 'console'],
  entry: ['root', 'storage', 'canonical', 'apis', 'providers', 'config', 'answer', 'usage', 'chain', 'commands'],
};

const entries = ['lib/cli.ts', 'lib/index.ts'];

async function sourcesOf(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

async function relativeImportsOf(file: string): Promise<string[]> {
  const text = await readFile(join(root, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1]!);
  return specifiers.map((specifier) => relative(root, join(root, dirname(file), specifier)));
}

for (const [folder, allowed] of Object.entries(topArrows)) {
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

function libFolderOf(file: string): string {
  if (entries.includes(file)) return 'entry';
  const [, folder, ...below] = file.split('/');
  return below.length > 0 ? folder! : 'root';
}

test('the table of arrows leads only upwards in itself', () => {
  const above: string[] = [];
  for (const [folder, targets] of Object.entries(libArrows)) {
    assert.deepEqual(
      targets.filter((target) => !above.includes(target)),
      [],
      `of ${folder}`,
    );
    above.push(folder);
  }
});

test('the folders of lib/ import each other as the table says: no arrow more, and none less', async () => {
  const found = new Map(Object.keys(libArrows).map((folder) => [folder, new Set<string>()]));
  const strays: string[] = [];
  for (const file of await sourcesOf('lib')) {
    const folder = libFolderOf(file);
    assert.ok(found.has(folder), `${file} stands in a folder that the table does not have`);
    for (const target of await relativeImportsOf(file)) {
      const targetFolder = libFolderOf(target);
      if (targetFolder === folder) continue;
      found.get(folder)!.add(targetFolder);
      if (!libArrows[folder]!.includes(targetFolder)) strays.push(`${file} → ${target}`);
    }
  }
  assert.deepEqual(strays, []);
  for (const [folder, targets] of Object.entries(libArrows)) {
    assert.deepEqual(
      targets.filter((target) => !found.get(folder)!.has(target)),
      [],
      `${folder} imports these no longer`,
    );
  }
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
  assert.deepEqual([...found].sort(), []);
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
  // By npm, by the build, and by the README's demo command.
  const made = ['node_modules', 'dist', 'opencompat.log'];
  const entries = (await readdir(root)).filter((name) => !name.startsWith('.') && !name.endsWith('.tgz'));
  assert.deepEqual(
    entries.filter((name) => !allowed.includes(name) && !made.includes(name)),
    [],
  );
});
