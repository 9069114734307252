import type { Command } from 'commander';
/** Lists the data folder and checks it, for an image without a shell: a line each, and status 1 when a check fails. */
export declare function runData(program: Command): Promise<void>;
