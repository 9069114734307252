import type { Command } from 'commander';
export declare function registerVersionCommand(program: Command): void;
