import { type Command, Option } from 'commander';
import type { ExplainOptions } from './explain-action.ts';

export function registerExplainCommand(program: Command): void {
  program
    .command('explain')
    .description(
      'tell what would become of a request, which is read from standard input and not sent: by the server that runs here, else by the configuration that `serve` would load',
    )
    .addOption(
      new Option('--api <name>', 'the API that the request speaks')
        .choices(['chat', 'responses', 'messages', 'completions', 'ollama'])
        .default('chat'),
    )
    .option('--key <name>', 'explain it as the request of this client key: its models and limits')
    .option('--offline', 'by the configuration, also where a server runs; -c names its file')
    .option('--port <number>', 'port of the server, where several run')
    .option('--url <url>', 'ask a server elsewhere')
    .addOption(new Option('--admin-key <key>', 'admin key for --url').env('OPENCOMPAT_ADMIN_KEY'))
    .option('--json', 'print JSON')
    .action(async (options: ExplainOptions) => {
      const { runExplain } = await import('./explain-action.ts');
      await runExplain(options, program.opts());
    });
}
