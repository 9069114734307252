#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// First, and the rest imported behind it: a cached compilation saves a good part of the time to start.
enableCompileCache();
const { runCli } = await import('./program.ts');
await runCli(process.argv);
