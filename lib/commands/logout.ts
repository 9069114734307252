import type { Command } from 'commander';

export function registerLogoutCommand(program: Command): void {
  program
    .command('logout')
    .description('revoke and remove the sign-in to a provider')
    .argument('[provider]', 'chatgpt or copilot', 'chatgpt')
    .action(async (provider: string) => {
      const { runLogout } = await import('./logout-action.ts');
      await runLogout(program, provider);
    });
}
