import { type Command, Option } from 'commander';
import type { AddOptions } from './keys-action.ts';

/** May be given again, for another window. */
function limitOption(name: string, what: string): Option {
  return new Option(
    `--${name} <limit>`,
    `most ${what}, such as 20/day; per minute, hour, day or month; may be repeated`,
  ).argParser((text: string, earlier: string[] = []) => [...earlier, text]);
}

export function registerKeysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description('make client keys, list them, and take them back; a running server knows at once');
  keys
    .command('add <name>')
    .description('make a client key: it is shown once, and kept hashed beside the sign-ins')
    .addOption(limitOption('requests', 'requests to models'))
    .addOption(limitOption('tokens', 'tokens, sent and received'))
    .addOption(limitOption('cost', 'USD, by the configured prices'))
    .option('--models <list>', 'models that it may name, `*` standing for any text; separated by commas')
    .option(
      '--expires <day>',
      'the last day (2026-12-31, of UTC) or the moment (2026-12-31T18:00:00Z) until which it is good',
    )
    .action(async (name: string, options: AddOptions, command: Command) => {
      const { addKey } = await import('./keys-action.ts');
      await addKey(program, name, options, command);
    });
  keys
    .command('list')
    .description('list the keys, also those of the configuration')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }, command: Command) => {
      const { listKeys } = await import('./keys-action.ts');
      listKeys(program, options, command);
    });
  keys
    .command('revoke <name>')
    .description('take a key back that `keys add` has made')
    .action(async (name: string, _options: object, command: Command) => {
      const { revokeKey } = await import('./keys-action.ts');
      await revokeKey(program, name, command);
    });
}
