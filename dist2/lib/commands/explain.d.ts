import { type Command } from 'commander';
export declare function registerExplainCommand(program: Command): void;
