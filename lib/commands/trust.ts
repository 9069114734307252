import type { Command } from 'commander';

export function registerTrustCommand(program: Command): void {
  program
    .command('trust')
    .description('let the configuration in a directory count when OpenCompat is started there')
    .argument('[directory]', 'default: the current one')
    .option('--remove', 'let it not count any more')
    .action(async (directory: string | undefined, options: { remove?: true }) => {
      const { runTrust } = await import('./trust-action.ts');
      await runTrust(directory, options);
    });
}
