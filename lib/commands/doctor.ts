import { type Command, Option } from 'commander';
import type { DoctorOptions } from './doctor-action.ts';

export function registerDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description(
      'look for what is wrong, from the configuration to an answer: folders, sign-ins, the way to each upstream, and what `check` asks a server',
    )
    .option(
      '--url <url>',
      'the server as clients reach it, such as https://ai.example.com (default: the one of this configuration)',
    )
    .addOption(new Option('--key <key>', 'client key, when the server asks for one').env('OPENCOMPAT_API_KEYS'))
    .option('--model <model>', 'model to ask (default: the demo if it is served, else the first of the list)')
    .option('--json', 'print the findings as JSON')
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('./doctor-action.ts');
      await runDoctor(options, program.opts());
    });
}
