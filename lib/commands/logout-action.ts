import type { Command } from 'commander';
import { type CredentialProvider, providerNames, type StoredCredential } from '../auth/credential-file.ts';
import { SignInError } from '../auth/sign-in-server.ts';
import type { Config } from '../config/schema.ts';
import { createAuthClient, interpretRevocation, sendRevocation } from '../providers/chatgpt/oauth.ts';
import { openCredentials, titles } from './credentials.ts';

export async function runLogout(program: Command, name: string): Promise<void> {
  const { config, store } = await openCredentials(program);
  const provider = providerNames.find((known) => known === name);
  if (!provider) throw new SignInError(`There is no provider '${name}'. Known: ${providerNames.join(', ')}.`);
  let wasSignedIn = false;
  await store.update(provider, async (credential) => {
    if (!credential) return credential;
    wasSignedIn = true;
    await revoke(config, provider, credential);
    return undefined;
  });
  console.log(wasSignedIn ? `Signed out of ${titles[provider]}.` : `Not signed in to ${titles[provider]}.`);
}

/** A sign-in that cannot be revoked is removed all the same. */
async function revoke(config: Config, provider: CredentialProvider, credential: StoredCredential): Promise<void> {
  const token = credential.refreshToken ?? credential.accessToken;
  if (!token) return;
  if (provider === 'copilot') {
    // GitHub lets only the owner of an OAuth client revoke its tokens, or the person.
    console.log(`The token is forgotten here. To revoke it too: ${config.githubUrl}/settings/apps/authorizations`);
    return;
  }
  try {
    interpretRevocation(await sendRevocation(createAuthClient(config), token));
  } catch (error) {
    console.error(
      `The sign-in could not be revoked at ChatGPT (${(error as Error).message}); its tokens work until they end.`,
    );
  }
}
