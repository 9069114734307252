import type { Command } from 'commander';
export declare function runHashKey(name: string, command: Command): Promise<void>;
