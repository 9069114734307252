import type { Command } from 'commander';
/** @throws ConfigError */
export declare function runModels(program: Command, options: {
    json?: true;
    refresh?: true;
}): Promise<void>;
