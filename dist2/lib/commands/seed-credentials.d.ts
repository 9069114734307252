import type { Command } from 'commander';
/** For containers; hidden, because a person has `login --import`. */
export declare function registerSeedCredentialsCommand(program: Command): void;
