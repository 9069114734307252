/** Signing in to Copilot, signing out, and the facts of its account. */
import { SignInError } from '../../auth/sign-in-server.ts';
import { tryQuota } from '../account-quota.ts';
import type { AccountReport, SignInServices } from '../sign-in.ts';
import { terminal } from '../sign-in-prompts.ts';
import type { CopilotConfig } from './config.ts';
import { createCopilotCredentials } from './credentials.ts';
import { fetchCopilotAccount } from './get.ts';
import { createGitHubClient, interpretTokenExchange, sendTokenExchange } from './github-oauth.ts';
import { copilotHeaders } from './headers.ts';
import { copilotTitle } from './names.ts';
import { signInToGitHub } from './sign-in.ts';

/** @throws SignInError, CredentialFileError */
export async function signIn({
  config,
  store,
  prompts = terminal,
  signal,
}: SignInServices<CopilotConfig>): Promise<void> {
  const client = createGitHubClient(config);
  const gitHubToken = await signInToGitHub({
    client,
    show: (device) => prompts.showCode(device, device.expiresInS * 1000),
    signal,
  });
  // The account's access is found out before anyone relies on it; a network that fails just now proves nothing.
  const exchange = await sendTokenExchange(client, gitHubToken, copilotHeaders(config))
    .then((answer) => interpretTokenExchange(answer, Date.now()))
    .catch(() => undefined);
  if (exchange?.kind === 'forbidden') throw new SignInError(`Signed in to GitHub, but: ${exchange.reason}`);
  await store.update('copilot', async () => ({
    refreshToken: gitHubToken,
    lastRefreshEpochS: Math.floor(Date.now() / 1000),
  }));
  const plan = exchange?.kind === 'granted' && exchange.token.sku ? ` (plan: ${exchange.token.sku})` : '';
  prompts.say(`Signed in to ${copilotTitle}${plan}. A running server notices by itself.`);
}

/** GitHub lets only the owner of an OAuth client revoke its tokens, or the person. */
export async function revoke({ config, prompts = terminal }: SignInServices<CopilotConfig>): Promise<void> {
  prompts.say(`The token is forgotten here. To revoke it too: ${config.githubUrl}/settings/apps/authorizations`);
}

export async function report({
  config,
  log,
  store,
}: SignInServices<CopilotConfig>): Promise<AccountReport | undefined> {
  const credentials = await createCopilotCredentials({ store, config, headers: copilotHeaders(config), log });
  if (!credentials.exists()) return undefined;
  const gitHubToken = await credentials.getGitHubToken();
  const { value: account, quotaError } = await tryQuota(() => fetchCopilotAccount(config, gitHubToken));
  return { info: { provider: 'copilot', ...account, quotaError } };
}
