/** Signing in to ChatGPT, signing out, and the facts of its account. */
import { createInterface } from 'node:readline';
import * as oauth from 'oauth4webapi';
import type { StoredCredential } from '../../auth/credential-file.ts';
import type { CredentialStore } from '../../auth/credential-store.ts';
import { decodeTokenClaims } from '../../auth/jwt.ts';
import { isDesktopTerminal, openBrowser } from '../../auth/open-browser.ts';
import type { Quota } from '../../canonical/quota.ts';
import { tryQuota } from '../account-quota.ts';
import type { AccountInfo, AccountReport, SignInServices, SignInWay } from '../sign-in.ts';
import { type SignInPrompts, terminal } from '../sign-in-prompts.ts';
import { startBrowserSignIn } from './browser-sign-in.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredential } from './credential.ts';
import { createChatGptCredentials } from './credentials.ts';
import { signInWithDevice } from './device-sign-in.ts';
import {
  type AuthClient,
  applyTokens,
  createAuthClient,
  interpretRevocation,
  sendRevocation,
  type TokenSet,
} from './oauth.ts';
import { askChatGptUsage } from './usage.ts';

const browserLimitMs = 5 * 60_000;
const deviceLimitMs = 15 * 60_000;

/** @throws SignInError, CredentialFileError */
export async function signIn(services: SignInServices<ChatGptConfig>, way: SignInWay): Promise<void> {
  const client = createAuthClient(services.config);
  await (way === 'device' ? deviceSignIn(client, services) : browserSignIn(client, services.store));
}

async function browserSignIn(client: AuthClient, store: CredentialStore): Promise<void> {
  const verifier = oauth.generateRandomCodeVerifier();
  const signIn = await startBrowserSignIn({
    client,
    state: oauth.generateRandomState(),
    verifier,
    codeChallenge: await oauth.calculatePKCECodeChallenge(verifier),
    save: (tokens) => save(store, tokens),
    signal: AbortSignal.timeout(browserLimitMs),
  });
  console.log(`Open this address in a browser to sign in to ChatGPT:

${signIn.url}

If that browser runs on another machine, it ends at an address that does not load:
${signIn.redirectUri}?code=…
Copy that address and paste it here. Waiting for 5 minutes.`);
  if (isDesktopTerminal()) openBrowser(signIn.url.href);

  const pasted = createInterface({ input: process.stdin });
  pasted.on('line', async (line) => {
    const problem = line.trim() && (await signIn.paste(line));
    if (problem) console.error(problem);
  });
  try {
    await signIn.done;
  } finally {
    pasted.close();
    // An open pipe or terminal would keep the process alive.
    process.stdin.destroy();
  }
}

async function deviceSignIn(
  client: AuthClient,
  { store, prompts = terminal, signal }: SignInServices<ChatGptConfig>,
): Promise<void> {
  const limit = AbortSignal.timeout(deviceLimitMs);
  const tokens = await signInWithDevice({
    client,
    show: (device) => prompts.showCode(device, deviceLimitMs),
    signal: signal ? AbortSignal.any([limit, signal]) : limit,
  });
  await save(store, tokens, prompts);
}

async function save(store: CredentialStore, tokens: TokenSet, prompts: SignInPrompts = terminal): Promise<void> {
  await store.update('chatgpt', async () => applyTokens(undefined, tokens, Date.now()));
  const { planType } = decodeTokenClaims(tokens.accessToken?.reveal());
  prompts.say(`Signed in to ChatGPT${planType ? ` (plan: ${planType})` : ''}. A running server notices by itself.`);
}

/** A sign-in that cannot be revoked is removed all the same. */
export async function revoke(
  { config, prompts = terminal }: SignInServices<ChatGptConfig>,
  credential: StoredCredential,
): Promise<void> {
  const token = credential.refreshToken ?? credential.accessToken;
  if (!token) return;
  try {
    interpretRevocation(await sendRevocation(createAuthClient(config), token));
  } catch (error) {
    prompts.warn(
      `The sign-in could not be revoked at ChatGPT (${(error as Error).message}); its tokens work until they end.`,
    );
  }
}

export async function report({
  config,
  log,
  store,
}: SignInServices<ChatGptConfig>): Promise<AccountReport | undefined> {
  const credentials = await createChatGptCredentials({ store, config, log });
  if (!credentials.exists()) return undefined;
  await credentials.get();
  const told = await tryQuota(() => askChatGptUsage(config, credentials));
  return { info: toInfo(await credentials.get(), told), hasEndingToken: true };
}

function toInfo(
  { email, accountId, planType, expiresAtEpochS }: ChatGptCredential,
  { value: quota, quotaError }: { value?: Quota; quotaError?: string },
): AccountInfo {
  return {
    provider: 'chatgpt',
    email,
    accountId,
    planType: quota?.planType ?? planType,
    expiresAt: expiresAtEpochS === undefined ? undefined : new Date(expiresAtEpochS * 1000).toISOString(),
    quota,
    quotaError,
  };
}
