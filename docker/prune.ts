/**
 * Takes from a folder of installed packages what no running program reads: types, source maps, prose, tests. What is left
 * is code, data and licences.  `node docker/prune.ts NODE_MODULES`
 */
import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const [root] = process.argv.slice(2);
if (!root) throw new Error('Which folder?');

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

prune(root);
