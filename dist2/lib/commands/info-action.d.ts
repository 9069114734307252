import type { Command } from 'commander';
export declare function runInfo(program: Command, options: {
    json?: true;
}): Promise<void>;
