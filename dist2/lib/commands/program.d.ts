/** The command line: its commands, and the handling of their errors. A command's action is imported when it runs. */
import { Command } from 'commander';
export declare function createProgram(): Command;
/** @param argv as in `process.argv` */
export declare function runCli(argv: readonly string[]): Promise<void>;
