import { type Command } from 'commander';
export declare function registerReplayCommand(program: Command): void;
