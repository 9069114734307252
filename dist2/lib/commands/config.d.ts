import type { Command } from 'commander';
export declare function registerConfigCommand(program: Command): void;
