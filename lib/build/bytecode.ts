/**
 * Keeps what V8 compiles of the built program, up to the point where its modules are evaluated: `node bytecode.ts FOLDER`, the
 * folder of program.cjs. V8 takes bytecode only from its own version, so it runs on the Node that the program will run on. Run with
 * `--hash-seed=1 --random-seed=1` it makes the same bytes each time. SOURCE_DATE_EPOCH: the time of the file and its
 * folder, in seconds.
 */
import { renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const folder = resolve(process.argv[2] ?? '.');
const { bytecodeFile, compileProgram, runProgram } = (await import(
  pathToFileURL(join(folder, 'program.js')).href
)) as typeof import('./program.ts');

// What has run once is not thrown away before it is kept.
setFlagsFromString('--no-flush-bytecode');
const script = compileProgram();
for (const evaluate of Object.values(runProgram(script))) evaluate();
// V8 takes bytecode only under the flags that it was made under: those of the program's start, which are the defaults.
for (const flag of ['--flush-bytecode', '--hash-seed=0', '--random-seed=0']) setFlagsFromString(flag);

// Whole or not at all: a start may be reading the old one.
const draft = `${bytecodeFile}.${process.pid}`;
writeFileSync(draft, script.createCachedData());
renameSync(draft, bytecodeFile);
const epochS = Number(process.env.SOURCE_DATE_EPOCH ?? Date.now() / 1000);
for (const path of [bytecodeFile, folder]) utimesSync(path, epochS, epochS);
process.exit();
