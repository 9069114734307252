#!/usr/bin/env node
import module from 'node:module';
import { describeOldNode } from './node-version.ts';
import { keepHeapSmall } from './server/heap.ts';

const fault = describeOldNode(process.versions.node);
if (fault) {
  process.stderr.write(`${fault}\n`);
  process.exit(1);
}
// First, and the rest imported behind them: they are about what the imports cost.
keepHeapSmall();
module.enableCompileCache();
const { runCli } = await import('./commands/program.ts');
await runCli(process.argv);
