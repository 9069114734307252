import type { Command } from 'commander';
import { version } from '../version.ts';

export function registerVersionCommand(program: Command): void {
  program
    .command('version')
    .description('print the version')
    .action(() => console.log(version));
}
