import type { Command } from 'commander';
export declare function registerLogoutCommand(program: Command): void;
