import { type Command, InvalidArgumentError } from 'commander';

function toSpeed(text: string): number | undefined {
  if (text === 'real') return 1;
  const speed = Number(text);
  if (!(speed > 0)) throw new InvalidArgumentError('It is `real`, or how many times as fast as that.');
  return speed;
}

function toBytes(text: string): number {
  const bytes = Number(text);
  if (!Number.isSafeInteger(bytes) || bytes < 1) throw new InvalidArgumentError('It is a number of bytes.');
  return bytes;
}

export function registerReplayCommand(program: Command): void {
  program
    .command('replay <capture>')
    .description(
      'run the requests of a capture, or of a folder of captures, through this version and your configuration, with the recorded answers of the upstream, and compare what comes out; nothing is sent',
    )
    .option(
      '--speed <speed>',
      'the upstream’s pace: `real`, or how many times as fast (default: as fast as can be)',
      toSpeed,
    )
    .option('--split <bytes>', 'give the upstream’s answer in pieces of so many bytes', toBytes)
    .option('--fixed', 'expect that requests which failed are answered now')
    .action(async (capture: string, options: { speed?: number; split?: number; fixed?: true }, command: Command) => {
      const { runReplay } = await import('./replay-action.ts');
      await runReplay(capture, { ...options, config: command.optsWithGlobals().config });
    });
}
