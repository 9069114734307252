#!/usr/bin/env node
import { describeOldNode } from './node-version.ts';

const fault = describeOldNode(process.versions.node);
if (fault) {
  process.stderr.write(`${fault}\n`);
  process.exit(1);
}
// First, and the rest imported behind them: they are about what the imports cost.
process.getBuiltinModule('node:module').enableCompileCache();
const { keepHeapSmall } = await import('./server/heap.ts');
keepHeapSmall();
const { runCli } = await import('./commands/program.ts');
await runCli(process.argv);
