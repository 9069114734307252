import { type Command, Option } from 'commander';
import type { UsageOptions } from './usage-action.ts';

export function registerUsageCommand(program: Command): void {
  program
    .command('usage')
    .description('add up what requests have used: tokens, credits and money by day, client key, model or provider')
    .addOption(new Option('--by <what>', 'what to add up').choices(['day', 'key', 'model', 'provider']).default('day'))
    .option(
      '--since <day>',
      'first day that counts: 2026-11-29, 7d for the last seven, or today; days are those of UTC',
      '30d',
    )
    .addOption(new Option('--json', 'print JSON').conflicts('csv'))
    .option('--csv', 'print CSV')
    .action(async (options: UsageOptions, command: Command) => {
      const { runUsage } = await import('./usage-action.ts');
      await runUsage(program, options, command);
    });
}
