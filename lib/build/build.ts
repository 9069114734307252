/**
 * Makes `dist/` from the sources.  `node lib/build/build.ts [--if-needed]`
 * --if-needed: only where a source is newer than the last build, and without removing what a running server may still load
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const dist = join(root, 'dist');
/** What the last build was made from. A new installation of the packages removes it. */
const recordFile = join(root, 'node_modules/.cache/opencompat/build.json');

type Stamps = Record<string, string>;

function stampOf(path: string): string {
  const { size, mtimeMs } = statSync(join(root, path));
  return `${size} ${mtimeMs}`;
}

function isUpToDate(): boolean {
  if (!existsSync(recordFile) || !existsSync(join(dist, 'lib/cli.js'))) return false;
  const stamps: Stamps = JSON.parse(readFileSync(recordFile, 'utf8'));
  return Object.entries(stamps).every(([path, stamp]) => existsSync(join(root, path)) && stampOf(path) === stamp);
}

/** Whole or not at all: another start may be reading the old file. */
function replaceFile(file: string, text: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

function removeOthers(kept: ReadonlySet<string>): void {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !kept.has(path)) rmSync(path);
  }
}

async function build(isTidy: boolean): Promise<void> {
  // Loaded only here, because most starts find everything built.
  const { bundle } = await import('./bundle.ts');
  const { files, sources } = await bundle(root, dist);
  // V8 tells a program by its length alone: bytecode of the one before must not be taken for this one's.
  for (const file of globSync(join(dist, 'lib/*.bytecode'))) rmSync(file);
  for (const [path, contents] of files) replaceFile(path, contents);
  if (isTidy) removeOthers(new Set(files.keys()));
  // In a process of its own: it starts the program that was built.
  const bytecode = ['--random-seed=1', join(import.meta.dirname, 'bytecode.ts'), join(dist, 'lib')];
  // What Node has compiled before would change it.
  execFileSync(process.execPath, bytecode, {
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
    stdio: 'inherit',
  });
  replaceFile(recordFile, JSON.stringify(Object.fromEntries(sources.map((path) => [path, stampOf(path)]))));
}

const isIfNeeded = process.argv.includes('--if-needed');
if (!isIfNeeded || !isUpToDate()) await build(!isIfNeeded);
