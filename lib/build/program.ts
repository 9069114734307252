/**
 * Loads the bundle `program.cjs`, beside which this file lies in `dist/lib`, with the bytecode that V8 made of it at build time
 * (`bytecode.ts`): to compile it anew is a third of a start.
 */
import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

/** The modules that are opened from outside of the bundle, by their names; each is evaluated when it is first called for. */
export type Parts = Readonly<Record<string, () => unknown>>;

const file = fileURLToPath(new URL('program.cjs', import.meta.url));
const require = createRequire(file);
/** For one kind of processor: a clone may be mounted into a container of another. */
export const bytecodeFile = fileURLToPath(new URL(`program.${process.arch}.bytecode`, import.meta.url));

/** @param cachedData V8 rejects what another version of it made, or one with other flags */
export function compileProgram(cachedData?: Buffer): vm.Script {
  // esbuild writes ASCII alone, and V8 keeps such a text in half the space.
  const source = readFileSync(file, 'latin1');
  return new vm.Script(`(function (require, module, __filename, __dirname) {${source}\n})`, {
    filename: file,
    cachedData,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
}

/** Runs it as Node runs a CommonJS module, so that whoever requires the file gets the same. */
export function runProgram(script: vm.Script): Parts {
  const module = new Module(file);
  require.cache[file] = module;
  script.runInThisContext()(require, module, file, dirname(file));
  return module.exports;
}

function loadProgram(): Parts {
  // Another of the modules that open it may have been here before.
  const loaded = require.cache[file];
  if (loaded) return loaded.exports;
  let bytecode: Buffer | undefined;
  try {
    bytecode = readFileSync(bytecodeFile);
  } catch {
    // Nobody made it for this Node: the package from a registry has none.
  }
  const script = bytecode && compileProgram(bytecode);
  // Loaded by Node, the compiled code is at least kept for the next start.
  return script && !script.cachedDataRejected ? runProgram(script) : require(file);
}

let parts: Parts | undefined;

/** @param name its path from the package's root, without an extension */
export function partOf<T>(name: string): T {
  parts ??= loadProgram();
  return parts[name]!() as T;
}
