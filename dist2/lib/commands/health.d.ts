import type { Command } from 'commander';
export declare function registerHealthCommand(program: Command): void;
