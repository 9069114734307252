import type { Command } from 'commander';
export declare function registerLoginCommand(program: Command): void;
