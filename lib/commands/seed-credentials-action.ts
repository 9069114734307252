import type { Command } from 'commander';
import { type SeedOutcome, seedCredentials } from '../auth/credential-seed.ts';
import { titleOf } from '../providers/sign-ins.ts';
import { openCredentials } from './credentials.ts';

const sentences: Record<SeedOutcome, (title: string, path: string) => string> = {
  taken: (title, path) => `Took over the sign-in to ${title} from ${path}.`,
  unchanged: (title, path) => `The sign-in to ${title} in ${path} is the one seen before; kept what the server has.`,
  'kept-newer': (title, path) => `The sign-in to ${title} in ${path} is older than the server's own; kept that.`,
};

/** @throws CredentialFileError */
export async function runSeedCredentials(program: Command, path: string): Promise<void> {
  const outcomes = await seedCredentials((await openCredentials(program)).store, path);
  if (!outcomes) {
    console.log(`There is no file ${path}; the server starts with the sign-ins it has.`);
    return;
  }
  const entries = Object.entries(outcomes);
  for (const [provider, outcome] of entries) console.log(sentences[outcome](titleOf(provider), path));
  if (entries.length === 0) console.log(`${path} holds no sign-in; the server starts with those it has.`);
}
