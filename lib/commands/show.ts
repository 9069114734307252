import type { Command } from 'commander';

export function registerShowCommand(program: Command): void {
  program
    .command('show [capture]')
    .description('show a capture, by its file or the id of its request; without one, list the captures')
    .option('--curl', 'print the client’s request as a curl command')
    .option('--har', 'print it as an HTTP archive (HAR 1.2), for developer tools')
    .action(async (capture: string | undefined, options: { curl?: true; har?: true }) => {
      const { runShow } = await import('./show-action.ts');
      await runShow(capture, options);
    });
}
