import { type Command } from 'commander';
/** Adds a flag for each key of the configuration that has one. A list may be comma separated, repeated, or both. */
export declare function addConfigFlags(command: Command): Command;
