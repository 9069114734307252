import type { Command } from 'commander';

export function registerReloadCommand(program: Command): void {
  program
    .command('reload')
    .description(
      'have the running server take up a changed configuration; exit status 0, 2 if it has a fault, 1 if no server can be reached',
    )
    .option('--port <number>', 'port of the server, where several run')
    .action(async (options: { port?: string }) => {
      const { runReload } = await import('./reload-action.ts');
      await runReload(options);
    });
}
