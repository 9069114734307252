import type { Command } from 'commander';
import { nearestName } from '../options/faults.ts';
import { addConfigFlags } from './config-flags.ts';

export function registerServeCommand(program: Command): void {
  const serve = program
    .command('serve', { isDefault: true })
    .description('start the server (what happens without a command)')
    // As the default command it gets every unknown word; they deserve a better answer than "too many".
    .allowExcessArguments()
    .action(async (_options, command: Command) => {
      const [word] = command.args;
      if (word !== undefined) {
        const nearest = nearestName(
          word,
          program.commands.map((known) => known.name()),
        );
        command.error(`error: unknown command '${word}'${nearest ? `\n(Did you mean ${nearest}?)` : ''}`);
      }
      const { runServe } = await import('./serve-action.ts');
      await runServe(command.optsWithGlobals());
    });
  addConfigFlags(serve);
}
