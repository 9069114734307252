import type { Command } from 'commander';
export declare function registerReloadCommand(program: Command): void;
