import type { Command } from 'commander';
/** @throws CredentialFileError */
export declare function runSeedCredentials(program: Command, path: string): Promise<void>;
