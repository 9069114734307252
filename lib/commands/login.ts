import type { Command } from 'commander';
import { Option } from 'commander';
import { signInNames, signInProviders } from '../providers/sign-ins.ts';

interface LoginOptions {
  device?: true;
  /** true: from where Codex CLI keeps its file. */
  import?: string | true;
}

export function registerLoginCommand(program: Command): void {
  program
    .command('login')
    .description('sign the server in to a provider')
    .argument('[provider]', `${signInNames} (default: ${signInProviders[0]?.name})`)
    .option('--device', describeDeviceWay())
    .addOption(
      new Option(
        '--import [path]',
        'take over the sign-in of Codex CLI (default: its auth.json), OpenCompat 1.x, ChatMock or CLIProxyAPI; that program must then sign in again',
      ).conflicts('device'),
    )
    .action(async (provider: string | undefined, options: LoginOptions) => {
      const { runLogin } = await import('./login-action.ts');
      await runLogin(program, provider, options);
    });
}

function describeDeviceWay(): string {
  const others = signInProviders.filter(({ signIn }) => !signIn.ways.includes('browser')).map(({ name }) => name);
  const only = others.length > 0 ? `; the only way to sign in to ${others.join(' or ')}` : '';
  return `sign in with a code typed in any browser (containers, SSH)${only}`;
}
