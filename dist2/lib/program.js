import {
  bytecodeFile,
  compileProgram,
  partOf,
  runProgram
} from "./chunk-75XU7GXE.js";
export {
  bytecodeFile,
  compileProgram,
  partOf,
  runProgram
};
