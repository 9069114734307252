import type { Command } from 'commander';
import { Option } from 'commander';

interface LoginOptions {
  device?: true;
  /** true: from where Codex CLI keeps its file. */
  import?: string | true;
}

export function registerLoginCommand(program: Command): void {
  program
    .command('login')
    .description('sign the server in to a provider')
    .argument('[provider]', 'chatgpt or copilot', 'chatgpt')
    .option(
      '--device',
      'sign in with a code typed in any browser (containers, SSH); the only way to sign in to copilot',
    )
    .addOption(
      new Option(
        '--import [path]',
        'take over the sign-in of Codex CLI (default: its auth.json), OpenCompat 1.x, ChatMock or CLIProxyAPI; that program must then sign in again',
      ).conflicts('device'),
    )
    .action(async (provider: string, options: LoginOptions) => {
      const { runLogin } = await import('./login-action.ts');
      await runLogin(program, provider, options);
    });
}
