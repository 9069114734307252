import type { Command } from 'commander';

export function registerInfoCommand(program: Command): void {
  program
    .command('info')
    .description('show the accounts that are signed in, their plans, and what is left of their quotas')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const { runInfo } = await import('./info-action.ts');
      await runInfo(program, options);
    });
}
