import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

node('lib/build/build.ts', '--if-needed');
const bytecodeName = readdirSync(join(dist, 'lib')).find((name) => name.endsWith('.bytecode'))!;

/** A copy of the program, whose bytecode is changed. */
function copyProgram(t: { after(end: () => void): void }, change: (bytecode: Buffer) => Buffer): string {
  const copy = mkdtempSync(join(dist, 'copy-'));
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(join(dist, 'lib'), copy, { recursive: true });
  writeFileSync(join(copy, bytecodeName), change(readFileSync(join(copy, bytecodeName))));
  return copy;
}

test('the bytecode that the build keeps is what V8 takes at a start', () => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { keepStartSmall } from './lib/small-start.ts';
    import { bytecodeFile, compileProgram } from ${JSON.stringify(pathToFileURL(join(dist, 'lib/program.js')).href)};
    keepStartSmall();
    console.log(compileProgram(readFileSync(bytecodeFile)).cachedDataRejected);`;
  assert.equal(node('--input-type=module', '--eval', script).trim(), 'false');
});

test('with the bytecode of another V8, or none, the program runs all the same', (t) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const change of [(bytes: Buffer) => Buffer.from(bytes).fill(7, 0, 16), () => Buffer.alloc(0)]) {
    assert.equal(node(join(copyProgram(t, change), 'cli.js'), 'version').trim(), version);
  }
});

test('a build leaves no bytecode of the program before it, for whatever processor', () => {
  const stale = join(dist, 'lib/program.other.bytecode');
  writeFileSync(stale, 'of an older program');
  rmSync(join(root, 'node_modules/.cache/opencompat/build.json'));
  node('lib/build/build.ts', '--if-needed');
  assert.ok(!existsSync(stale));
  assert.ok(existsSync(join(dist, 'lib', bytecodeName)));
});

test('plugins and their tests get the modules of the one program, by import and by require', async () => {
  const imported = await import(pathToFileURL(join(dist, 'lib/index.js')).href);
  const testing = await import(pathToFileURL(join(dist, 'spec/support/index.js')).href);
  const required = createRequire(import.meta.url)(join(dist, 'lib/index.js'));
  assert.ok(imported.OpenCompatError);
  assert.equal(required.OpenCompatError, imported.OpenCompatError);
  assert.equal(typeof testing.createHarness, 'function');
});
