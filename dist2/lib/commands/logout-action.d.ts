import type { Command } from 'commander';
export declare function runLogout(program: Command, name: string): Promise<void>;
