import type { Command } from 'commander';
export declare function registerShowCommand(program: Command): void;
