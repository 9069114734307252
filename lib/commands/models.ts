import type { Command } from 'commander';
import { builtIns } from '../providers/built-ins.ts';

export function registerModelsCommand(program: Command): void {
  const extras = builtIns.flatMap(({ extra }) => (extra ? [extra.what] : []));
  program
    .command('models')
    .description('list the models of all providers and the reasoning efforts they take')
    .option('--json', 'print JSON')
    .option('--refresh', `fetch ${extras.join(' and ')} too`)
    .action(async (options: { json?: true; refresh?: true }) => {
      const { runModels } = await import('./models-action.ts');
      await runModels(program, options);
    });
}
