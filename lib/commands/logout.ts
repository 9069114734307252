import type { Command } from 'commander';
import { signInNames, signInProviders } from '../providers/sign-ins.ts';

export function registerLogoutCommand(program: Command): void {
  program
    .command('logout')
    .description('revoke and remove the sign-in to a provider')
    .argument('[provider]', signInNames, signInProviders[0]?.name)
    .action(async (provider: string) => {
      const { runLogout } = await import('./logout-action.ts');
      await runLogout(program, provider);
    });
}
