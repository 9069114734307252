import { type CredentialProvider } from './credential-file.ts';
import { type CredentialStore } from './credential-store.ts';
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
export declare function seedCredentials(store: CredentialStore, path: string): Promise<Record<CredentialProvider, SeedOutcome> | undefined>;
