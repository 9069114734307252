/**
 * Keeps what V8 compiles of the built program, up to the point where its modules are evaluated: `node bytecode.ts FOLDER`, the
 * folder of program.cjs. V8 takes bytecode only from its own version.
 */
import { renameSync, writeFileSync } from 'node:fs';
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

// Whole or not at all: a start may be reading the old one.
const draft = `${bytecodeFile}.${process.pid}`;
writeFileSync(draft, script.createCachedData());
renameSync(draft, bytecodeFile);
process.exit();
