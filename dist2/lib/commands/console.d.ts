import type { Command } from 'commander';
export declare function registerConsoleCommand(program: Command): void;
