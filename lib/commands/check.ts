import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ConformanceOptions } from './conformance-action.ts';

export function registerCheckCommand(program: Command): void {
  program
    .command('check')
    .description(
      'ask a running server for its health, its providers, its models, an answer and a stream, as a client would',
    )
    .option('--url <url>', 'where the server is (default: where this configuration says, http://127.0.0.1:8080)')
    .addOption(new Option('--key <key>', 'client key, when the server asks for one').env('OPENCOMPAT_API_KEYS'))
    .option('--model <model>', 'model to ask (default: the demo if it is served, else the first of the list)')
    .addOption(new Option('--demo', 'be content with the demo where nobody has signed in').env('OPENCOMPAT_CHECK_DEMO'))
    .addOption(
      new Option('--wait <seconds>', 'let the server take this long until it can be reached').argParser(toSeconds),
    )
    .option(
      '--suite <api>',
      'check what an API promises instead, of any server: openai, responses, anthropic, ollama or all; may be repeated',
      (name: string, names: string[] = []) => [...names, name],
    )
    .option('--embeddings-model <model>', 'with --suite: model for vectors (default: the first whose name says so)')
    .option('--only <ids>', 'with --suite: these checks, separated by commas')
    .option('--list', 'list the checks of the suites, with their sources')
    .option('--json', 'with --suite: print JSON')
    .option('--junit <file>', 'with --suite: write JUnit XML too')
    .action(async (options: ConformanceOptions) => {
      if (options.suite || options.list || options.only) {
        const { runConformance } = await import('./conformance-action.ts');
        await runConformance(options, program.opts());
        return;
      }
      const { runCheck } = await import('./check-action.ts');
      await runCheck(options, program.opts());
    });
}

function toSeconds(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It is a whole number of seconds, up to 9999.');
  return Number(text);
}
