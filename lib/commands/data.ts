import type { Command } from 'commander';

export function registerDataCommand(program: Command): void {
  program
    .command('data')
    .description('list the folder with the sign-ins, and check that it can be read and written (exit status 0)')
    .action(async () => {
      const { runData } = await import('./data-action.ts');
      await runData(program);
    });
}
