import type { Command } from 'commander';
export declare function registerDataCommand(program: Command): void;
