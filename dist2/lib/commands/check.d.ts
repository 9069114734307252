import { type Command } from 'commander';
export declare function registerCheckCommand(program: Command): void;
