/**
 * Keeps what V8 compiles of the built program, up to the point where its modules are evaluated: `node bytecode.ts FOLDER`, the
 * folder of program.cjs. V8 takes bytecode only from its own version. With one `--random-seed` it makes the same each time.
 */
import { renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { keepStartSmall } from '../small-start.ts';

const folder = resolve(process.argv[2] ?? '.');
const { bytecodeFile, compileProgram, runProgram } = (await import(
  pathToFileURL(join(folder, 'program.js')).href
)) as typeof import('./program.ts');

keepStartSmall();
// What has run once is not thrown away before it is kept.
setFlagsFromString('--no-flush-bytecode');
const script = compileProgram();
for (const evaluate of Object.values(runProgram(script))) evaluate();
// V8 takes bytecode only under the flags that it was made under: those of the program's start.
setFlagsFromString('--flush-bytecode');

const before = statSync(folder);
// Whole or not at all: a start may be reading the old one.
const draft = `${bytecodeFile}.${process.pid}`;
writeFileSync(draft, script.createCachedData());
// As old as what it was made of, and the folder as before: a layer of an image holds nothing that no source decides.
const { atime, mtime } = statSync(join(folder, 'program.cjs'));
utimesSync(draft, atime, mtime);
renameSync(draft, bytecodeFile);
utimesSync(folder, before.atime, before.mtime);
process.exit();
