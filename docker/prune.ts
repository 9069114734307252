/**
 * Takes from a folder of installed packages what no running program reads: packages that the bundle holds, types, source maps,
 * prose, tests. What is left is code, data and licences.  `node docker/prune.ts NODE_MODULES DIST`
 */
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const [root, dist] = process.argv.slice(2);
if (!root || !dist) throw new Error('Which folders?');

const kept = /\.(?:c?js|mjs|json|node|wasm)$|^(?:licen[cs]e|notice|copying)/i;
/** Directly in a package, these hold nothing that it runs. */
const pastime = new Set([
  'test',
  'tests',
  '__tests__',
  'docs',
  'example',
  'examples',
  'benchmark',
  'benchmarks',
  '.github',
]);
/** gpt-tokenizer carries every encoding four times; lib/canonical/tokens.ts requires one. */
const unusedTokenizers =
  /^gpt-tokenizer\/(?:src|data|esm|cjs\/(?:model|fixtures)\/|cjs\/bpeRanks\/(?!o200k_base\.js$))/;

function isPackage(folder: string): boolean {
  const above = basename(dirname(folder));
  return above === 'node_modules' || (above.startsWith('@') && basename(dirname(dirname(folder))) === 'node_modules');
}

function prune(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isUnused = unusedTokenizers.test(relative(root!, path));
    if (entry.isDirectory() && !isUnused && !(pastime.has(entry.name) && isPackage(folder))) prune(path);
    else if (entry.isDirectory() || isUnused || !kept.test(entry.name)) rmSync(path, { recursive: true });
  }
  if (folder !== root && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** The packages that the program loads at need (`lib/load-package.ts`), and those that they depend on. */
function neededPackages(): Set<string> {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    const { dependencies = {} } = JSON.parse(readFileSync(join(root!, name, 'package.json'), 'utf8'));
    for (const other of Object.keys(dependencies)) visit(other);
  };
  for (const entry of readdirSync(dist!, { recursive: true, withFileTypes: true })) {
    if (!/\.c?js$/.test(entry.name)) continue;
    // The bundle's lines are of bounded length, and a text may be broken by a backslash.
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8').replaceAll('\\\n', '');
    for (const [, name] of text.matchAll(/\bloadPackage\d*\(\s*['"]((?:@[^/'"]+\/)?[^/'"]+)/g)) {
      if (name !== 'opencompat') visit(name!);
    }
  }
  return needed;
}

function removeBundled(needed: ReadonlySet<string>): void {
  const names = readdirSync(root!).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(root!, name)).map((inScope) => `${name}/${inScope}`) : [name],
  );
  for (const name of names) if (!needed.has(name)) rmSync(join(root!, name), { recursive: true });
}

removeBundled(neededPackages());
prune(root);
