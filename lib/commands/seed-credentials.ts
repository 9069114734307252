import type { Command } from 'commander';

/** For containers; hidden, because a person has `login --import`. */
export function registerSeedCredentialsCommand(program: Command): void {
  program
    .command('seed-credentials', { hidden: true })
    .description('take over sign-ins from a mounted file, unless the server has newer ones')
    .requiredOption('--from <file>', 'a credential file in any form that `login --import` takes; it need not exist')
    .action(async ({ from }: { from: string }) => {
      const { runSeedCredentials } = await import('./seed-credentials-action.ts');
      await runSeedCredentials(program, from);
    });
}
