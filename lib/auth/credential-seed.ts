/**
 * Takes sign-ins over from a file that is given at every start, such as a mounted Kubernetes secret, into the credential
 * store. The file is a seed, not the store: the store's tokens are refreshed, the file's are not, and a refresh token
 * that was used once is dead. So the same seed is taken once, and one that is behind the store not at all.
 */
import { createHash } from 'node:crypto';
import { type CredentialProvider, readEntries, type StoredCredential } from './credential-file.ts';
import { type CredentialStore, loadDocument } from './credential-store.ts';

/**
 * `taken`: the store has the seed's sign-in now, and had not before. `unchanged`: the seed is the one that was seen last
 * time. `kept-newer`: the store's sign-in was refreshed, or made, after the seed's.
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
    // After the sign-in itself: killed in between, the next start finds these very tokens in the store and only remembers.
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

/** Is the seed certainly older? Where that cannot be told, a seed not seen before counts: somebody has just made it. */
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

/** Of the tokens alone: times and names are computed from them by whoever writes the file. */
function hashOf({ accessToken, refreshToken, idToken }: StoredCredential): string {
  const texts = [accessToken, refreshToken, idToken].map((token) => token?.reveal() ?? null);
  return `sha256:${createHash('sha256').update(JSON.stringify(texts)).digest('hex')}`;
}
