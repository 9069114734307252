import type { Command } from 'commander';

export function registerRecordCommand(program: Command): void {
  program
    .command('record')
    .description(
      'have the running server record requests for some time, for `opencompat show`; exit status 0, 2 for a wrong option, 1 if no server can be reached',
    )
    .option('--for <time>', 'how long: 90s, 10m, 2h', '10m')
    .option('--errors', 'only those that fail')
    .option('--key <name>', 'only those of this client key')
    .option('--stop', 'stop recording')
    .option('--port <number>', 'port of the server, where several run')
    .action(async (options: { for: string; errors?: true; key?: string; stop?: true; port?: string }) => {
      const { runRecord } = await import('./record-action.ts');
      await runRecord(options);
    });
}
