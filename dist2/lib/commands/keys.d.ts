import { type Command } from 'commander';
export declare function registerKeysCommand(program: Command): void;
