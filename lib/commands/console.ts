import type { Command } from 'commander';

export function registerConsoleCommand(program: Command): void {
  program
    .command('console')
    .description('open the running server’s console in a browser, by a link that is good once and for a minute')
    .option('--port <number>', 'port of the server, where several run')
    .option('--no-open', 'print the link, and open nothing')
    .action(async (options: { port?: string; open: boolean }, command: Command) => {
      const { runConsole } = await import('./console-action.ts');
      await runConsole(options, command);
    });
}
