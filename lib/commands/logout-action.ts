import type { Command } from 'commander';
import { SignInError } from '../auth/sign-in-server.ts';
import { findSignIn, signInProviders } from '../providers/sign-ins.ts';
import { openCredentials } from './credentials.ts';

export async function runLogout(program: Command, name: string): Promise<void> {
  const services = await openCredentials(program);
  const provider = findSignIn(name);
  if (!provider) {
    const known = signInProviders.map((one) => one.name).join(', ');
    throw new SignInError(`There is no provider '${name}'. Known: ${known}.`);
  }
  let wasSignedIn = false;
  await services.store.update(name, async (credential) => {
    if (!credential) return credential;
    wasSignedIn = true;
    await provider.signIn.revoke(services, credential);
    return undefined;
  });
  const { title } = provider;
  console.log(wasSignedIn ? `Signed out of ${title}.` : `Not signed in to ${title}.`);
}
