import {
  partOf
} from "./chunk-75XU7GXE.js";

// part:part:lib/commands/program
var { createProgram, runCli } = partOf("lib/commands/program");
export {
  createProgram,
  runCli
};
