import type { Command } from 'commander';
import { addConfigFlags } from './config-flags.ts';

export function registerHealthCommand(program: Command): void {
  const health = program
    .command('health')
    .description('ask the server that this configuration describes whether it is alive (exit status 0), for containers')
    .option('--ready', 'ask whether it can take requests')
    .action(async (_options, command: Command) => {
      const { runHealth } = await import('./health-action.ts');
      await runHealth(command.optsWithGlobals());
    });
  addConfigFlags(health);
}
