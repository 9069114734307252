import type { Command } from 'commander';

export function registerHashKeyCommand(program: Command): void {
  program
    .command('hash-key')
    .description('hash a client key from standard input, or make a new one, for `clientKeys` of the configuration file')
    .option('--name <name>', 'name of the client, as logs show it', 'my-client')
    .action(async ({ name }: { name: string }, command: Command) => {
      const { runHashKey } = await import('./hash-key-action.ts');
      await runHashKey(name, command);
    });
}
