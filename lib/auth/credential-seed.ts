/**
 * Imports sign-ins into the credential store from a file that is given at every start, such as a mounted Kubernetes secret.
 * Only the store's tokens are refreshed, and a used refresh token is dead. So each seed is imported once, and a seed that is
 * older than the store never.
 */
import { createHash } from 'node:crypto';
import { type CredentialProvider, readEntries, type StoredCredential } from './credential-file.ts';
import { type CredentialStore, loadDocument } from './credential-store.ts';

/**
 * `taken`: the seed's sign-in was imported. `unchanged`: the seed is the same as last time. `kept-newer`: the store's sign-in
 * was refreshed, or made, after the seed's.
 */
export type SeedOutcome = 'taken' | 'unchanged' | 'kept-newer';

/**
 * @param path of the seed, in any form that `parseCredentialFile` knows
 * @returns what was done for each provider in the seed; undefined when there is no such file
 * @throws CredentialFileError when the seed or the store cannot be read, or the store cannot be written
 */
export async function seedCredentials(
  store: CredentialStore,
  path: string,
): Promise<Record<CredentialProvider, SeedOutcome> | undefined> {
  const seed = await loadDocument(path);
  if (!seed) return undefined;
  const outcomes: Record<CredentialProvider, SeedOutcome> = {};
  for (const [provider, offered] of readEntries(seed)) {
    const hash = hashOf(offered);
    await store.update(provider, async (current) => {
      const isRemembered = (await store.readSeedHash(provider)) === hash;
      const outcome = await judge(store, provider, { offered, current, isRemembered });
      outcomes[provider] = outcome;
      return outcome === 'taken' ? offered : current;
    });
    // Saved after the sign-in itself: if the process dies in between, the next start finds the same tokens in the store.
    await store.writeSeedHash(provider, hash);
  }
  return outcomes;
}

async function judge(
  store: CredentialStore,
  provider: CredentialProvider,
  given: { offered: StoredCredential; current: StoredCredential | undefined; isRemembered: boolean },
): Promise<SeedOutcome> {
  const { offered, current, isRemembered } = given;
  if (!current) {
    // Signed out (an entry `null`) is not the same as never signed in, or a volume that was lost.
    return isRemembered && (await store.hasEntry(provider)) ? 'unchanged' : 'taken';
  }
  if (isRemembered || hashOf(current) === hashOf(offered)) return 'unchanged';
  return isBehind(offered, current) ? 'kept-newer' : 'taken';
}

/** Is the seed certainly older? If unknown, a new seed wins: somebody has just made it. */
function isBehind(offered: StoredCredential, current: StoredCredential): boolean {
  // Another account's sign-in is neither older nor newer.
  if (offered.accountId !== current.accountId && offered.accountId && current.accountId) return false;
  const times = [
    [offered.lastRefreshEpochS, current.lastRefreshEpochS],
    [offered.expiresAtEpochS, current.expiresAtEpochS],
  ];
  const [theirs, ours] = times.find(([a, b]) => a !== undefined && b !== undefined) ?? [];
  return theirs !== undefined && ours !== undefined && theirs < ours;
}

/** Hashes only the tokens: programs compute times and names from them. */
function hashOf({ accessToken, refreshToken, idToken }: StoredCredential): string {
  const texts = [accessToken, refreshToken, idToken].map((token) => token?.reveal() ?? null);
  return `sha256:${createHash('sha256').update(JSON.stringify(texts)).digest('hex')}`;
}
