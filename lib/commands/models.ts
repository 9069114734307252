import type { Command } from 'commander';

export function registerModelsCommand(program: Command): void {
  program
    .command('models')
    .description('list the models of all providers and the reasoning efforts they take')
    .option('--json', 'print JSON')
    .option('--refresh', 'fetch Codex’s instruction texts too')
    .action(async (options: { json?: true; refresh?: true }) => {
      const { runModels } = await import('./models-action.ts');
      await runModels(program, options);
    });
}
