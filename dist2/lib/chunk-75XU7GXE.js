// lib/build/program.ts
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, Script } from "node:vm";
var file = fileURLToPath(new URL("program.cjs", import.meta.url));
var bytecodeFile = fileURLToPath(new URL(`program.${process.arch}.bytecode`, import.meta.url));
function compileProgram(cachedData) {
  const source = readFileSync(file, "latin1");
  return new Script(`(function (require, module, __filename, __dirname) {${source}
})`, {
    filename: file,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  });
}
function runProgram(script) {
  const module = { exports: {} };
  script.runInThisContext()(createRequire(file), module, file, dirname(file));
  return module.exports;
}
function loadProgram() {
  let bytecode;
  try {
    bytecode = readFileSync(bytecodeFile);
  } catch {
  }
  const script = bytecode && compileProgram(bytecode);
  return script && !script.cachedDataRejected ? runProgram(script) : createRequire(import.meta.url)(file);
}
var parts;
function partOf(name) {
  parts ??= loadProgram();
  return parts[name]();
}

export {
  bytecodeFile,
  compileProgram,
  runProgram,
  partOf
};
