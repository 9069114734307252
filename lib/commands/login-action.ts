import { realpath } from 'node:fs/promises';
import type { Command } from 'commander';
import { readEntries } from '../auth/credential-file.ts';
import { type CredentialStore, loadDocument } from '../auth/credential-store.ts';
import { SignInError } from '../auth/sign-in-server.ts';
import { findSignIn, signInProviders, titleOf } from '../providers/sign-ins.ts';
import { openCredentials } from './credentials.ts';

export async function runLogin(
  program: Command,
  named: string | undefined,
  options: { device?: true; import?: string | true },
): Promise<void> {
  const services = await openCredentials(program);
  const { store } = services;
  const name = named ?? signInProviders[0]!.name;
  const provider = findSignIn(name);
  if (!provider) {
    const known = signInProviders.map((one) => one.name).join(', ');
    throw new SignInError(`There is no provider '${name}' to sign in to. Known: ${known}.`);
  }
  // Reports an unwritable store before the person signs in.
  await store.checkWritable();
  await store.read(name);
  const { signIn, title } = provider;
  if (options.import) {
    const path = options.import === true ? signIn.importsFrom?.path() : options.import;
    if (path === undefined) {
      throw new SignInError(
        `There is no program whose sign-in to ${title} is found by itself. Run \`${signIn.command}\`, or name a file: \`${signIn.command} --import FILE\`.`,
      );
    }
    return importSignIn(store, path, named);
  }
  await signIn.signIn(services, options.device ? 'device' : signIn.ways[0]!);
}

/** @param provider the only one that is imported; undefined: all that the file holds */
async function importSignIn(store: CredentialStore, path: string, provider: string | undefined): Promise<void> {
  const [source, target] = await Promise.all([path, store.path].map((name) => realpath(name).catch(() => name)));
  if (source === target)
    throw new SignInError(`${path} is the file that OpenCompat uses already; there is nothing to import.`);
  const document = await loadDocument(path);
  if (!document) {
    const isUsual = signInProviders.some(({ signIn }) => signIn.importsFrom?.path() === path);
    const keyring = " (Codex CLI may keep its sign-in in the system's keyring; then use `opencompat login`.)";
    throw new SignInError(`There is no file ${path}.${isUsual ? keyring : ''}`);
  }
  const entries = readEntries(document).filter(([name]) => provider === undefined || name === provider);
  for (const [name, credential] of entries) {
    await store.update(name, async () => credential);
    console.log(`Took over the sign-in to ${titleOf(name)} from ${path}.`);
    if (!credential.refreshToken) console.error('It has no refresh token: it works until its access token ends.');
  }
  if (entries.length === 0) {
    throw new SignInError(`${path} holds no sign-in${provider === undefined ? '' : ` to ${titleOf(provider)}`}.`);
  }
  for (const [name] of entries) {
    const warning = findSignIn(name)?.signIn.importsFrom?.warning;
    if (warning) console.log(warning);
  }
}
