import type { Command } from 'commander';
import { addConfigFlags } from './config-flags.ts';

export function registerConfigCommand(program: Command): void {
  const config = program
    .command('config')
    .description('print the effective configuration and where each value came from, or all that is wrong with it')
    .option('--json', 'print JSON')
    .action(async (_options, command: Command) => {
      const { runConfig } = await import('./config-action.ts');
      await runConfig(command.optsWithGlobals());
    });
  addConfigFlags(config);
}
