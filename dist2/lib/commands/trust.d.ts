import type { Command } from 'commander';
export declare function registerTrustCommand(program: Command): void;
