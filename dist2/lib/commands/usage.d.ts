import { type Command } from 'commander';
export declare function registerUsageCommand(program: Command): void;
