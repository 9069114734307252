import type { Command } from 'commander';
import { type Grouping } from '../usage/report.ts';
export interface UsageOptions {
    by: Grouping;
    since: string;
    json?: true;
    csv?: true;
}
export declare function runUsage(program: Command, options: UsageOptions, command: Command): Promise<void>;
