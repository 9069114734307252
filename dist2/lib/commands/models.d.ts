import type { Command } from 'commander';
export declare function registerModelsCommand(program: Command): void;
