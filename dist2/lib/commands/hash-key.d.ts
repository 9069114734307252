import type { Command } from 'commander';
export declare function registerHashKeyCommand(program: Command): void;
