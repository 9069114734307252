#!/usr/bin/env node

// lib/node-version.ts
var oldest = { major: 22, minor: 18 };
function describeOldNode(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldest.major || major === oldest.major && minor >= oldest.minor) return void 0;
  return `OpenCompat needs Node ${oldest.major}.${oldest.minor} or newer; this is Node ${version}. From a clone, \`npm start\` brings its own.`;
}

// lib/small-start.ts
import { setFlagsFromString } from "node:v8";
var areCompilersChosen = /--(no-?)?(jitless|opt|turbofan|maglev)\b/.test(
  [process.env.NODE_OPTIONS, ...process.execArgv].join(" ")
);
function setGrowthFactor(factor) {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
function letCompilersRun(mayRun) {
  if (areCompilersChosen) return;
  for (const compiler of ["opt", "maglev"]) setFlagsFromString(`--${mayRun ? "" : "no-"}${compiler}`);
}
function keepStartSmall() {
  setGrowthFactor(1);
  letCompilersRun(false);
}

// lib/cli.ts
var fault = describeOldNode(process.versions.node);
if (fault) {
  process.stderr.write(`${fault}
`);
  process.exit(1);
}
process.getBuiltinModule("node:module").enableCompileCache();
keepStartSmall();
var { runCli } = await import("./program-RBOJ7MSK.js");
await runCli(process.argv);
