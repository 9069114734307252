import { type Command, Option } from 'commander';
import type { ExplainOptions } from './explain-action.ts';

export function registerExplainCommand(program: Command): void {
  program
    .command('explain')
    .description('tell what the running server would do with a request, which is read from standard input and not sent')
    .addOption(
      new Option('--api <name>', 'the API that the request speaks')
        .choices(['chat', 'responses', 'messages', 'completions', 'ollama'])
        .default('chat'),
    )
    .option('--key <name>', 'explain it as the request of this client key: its models and limits')
    .option('--port <number>', 'port of the server, where several run')
    .option('--json', 'print JSON')
    .action(async (options: ExplainOptions) => {
      const { runExplain } = await import('./explain-action.ts');
      await runExplain(options);
    });
}
