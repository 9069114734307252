import type { Command } from 'commander';
export declare function registerRecordCommand(program: Command): void;
