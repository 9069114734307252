import type { Command } from 'commander';
export declare function registerInfoCommand(program: Command): void;
