import type { Command } from 'commander';

export function registerInfoCommand(program: Command): void {
  program
    .command('info')
    .description('show the account, its plan, and what is left of its quota')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const { runInfo } = await import('./info-action.ts');
      await runInfo(program, options);
    });
}
