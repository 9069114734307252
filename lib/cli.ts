#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { keepHeapSmall } from './heap.ts';

// First, and the rest imported behind them: they are about what the imports cost.
keepHeapSmall();
enableCompileCache();
const { runCli } = await import('./program.ts');
await runCli(process.argv);
