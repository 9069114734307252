/**
 * Takes from a folder of installed packages what no running program reads: packages that the bundle holds, types, source maps,
 * prose. What is left is code, data and licences.  `node docker/prune.ts NODE_MODULES DIST`
 */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

const [root, dist] = process.argv.slice(2);
if (!root || !dist) throw new Error('Which folders?');

const kept = /\.(?:c?js|mjs|json|node|wasm)$|^(?:licen[cs]e|notice|copying)/i;

function prune(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) prune(path);
    else if (!kept.test(entry.name)) rmSync(path);
  }
  if (folder !== root && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** The packages that the bundle requires (`sharedPackages` in `lib/load-package.ts`), and those that they depend on. */
function neededPackages(): Set<string> {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const manifest = join(root!, name, 'package.json');
    if (needed.has(name) || isBuiltin(name) || !existsSync(manifest)) return;
    needed.add(name);
    const { dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const other of Object.keys(dependencies)) visit(other);
  };
  for (const entry of readdirSync(dist!, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.cjs')) continue;
    // The bundle's lines are of bounded length, and a text may be broken by a backslash.
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8').replaceAll('\\\n', '');
    for (const [, name] of text.matchAll(/\brequire\d*\(\s*['"]((?:@[^/'"]+\/)?[\w-]+)['"]/g)) visit(name!);
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
