#!/usr/bin/env node
import { describeOldNode } from './node-version.ts';
import { keepStartSmall } from './small-start.ts';

const fault = describeOldNode(process.versions.node);
if (fault) {
  process.stderr.write(`${fault}\n`);
  process.exit(1);
}
// First, and the rest imported behind it: both are about what the imports cost.
process.getBuiltinModule('node:module').enableCompileCache();
keepStartSmall();
const { runCli } = await import('./commands/program.ts');
await runCli(process.argv);
