import type { Command } from 'commander';
export declare function registerPluginCommand(program: Command): void;
