import { realpath } from 'node:fs/promises';
import type { Command } from 'commander';
import { readEntries } from '../auth/credential-file.ts';
import { type CredentialStore, loadDocument } from '../auth/credential-store.ts';
import { SignInError } from '../auth/sign-in-server.ts';
import { openCredentials } from './credentials.ts';
import { findSignIn, signInProviders, titleOf } from './sign-ins.ts';

export async function runLogin(
  program: Command,
  name: string,
  options: { device?: true; import?: string | true },
): Promise<void> {
  const services = await openCredentials(program);
  const { store } = services;
  const provider = findSignIn(name);
  if (!provider && !options.import) {
    const known = signInProviders.map((one) => one.name).join(', ');
    throw new SignInError(`There is no provider '${name}' to sign in to. Known: ${known}.`);
  }
  // What would keep the sign-in from being kept is said before the person goes through it.
  await store.checkWritable();
  await store.read(name);
  if (options.import) return importSignIn(store, options.import === true ? usualImportPath() : options.import);
  const { signIn } = provider!;
  await signIn.signIn(services, options.device ? 'device' : signIn.ways[0]!);
}

async function importSignIn(store: CredentialStore, path: string): Promise<void> {
  const [source, target] = await Promise.all([path, store.path].map((name) => realpath(name).catch(() => name)));
  if (source === target)
    throw new SignInError(`${path} is the file that OpenCompat uses already; there is nothing to import.`);
  const document = await loadDocument(path);
  if (!document) {
    throw new SignInError(
      `There is no file ${path}. (Codex CLI may keep its sign-in in the system's keyring; then use \`opencompat login\`.)`,
    );
  }
  const entries = readEntries(document);
  for (const [name, credential] of entries) {
    await store.update(name, async () => credential);
    console.log(`Took over the sign-in to ${titleOf(name)} from ${path}.`);
    if (!credential.refreshToken) console.error('It has no refresh token: it works until its access token ends.');
  }
  if (entries.length === 0) throw new SignInError(`${path} holds no sign-in.`);
  for (const [name] of entries) {
    const warning = findSignIn(name)?.signIn.importsFrom?.warning;
    if (warning) console.log(warning);
  }
}

/** Of the program whose sign-in is taken over when none is named. @throws SignInError when there is no such program */
function usualImportPath(): string {
  const path = signInProviders.find(({ signIn }) => signIn.importsFrom)?.signIn.importsFrom?.path();
  if (path === undefined) throw new SignInError('Name the file to take over: `opencompat login --import FILE`.');
  return path;
}
