import { createHash, timingSafeEqual } from 'node:crypto';
import { nameOfPlainKey } from '../config/checks.ts';
import type { Config } from '../config/schema.ts';

export function hashClientKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

export interface ClientKey {
  /** Its hash: what belongs to a key belongs to this, so that nothing passes to another key that is given its name. */
  readonly id: string;
  /** For people: as configured, or the place in `apiKeys`. */
  readonly name: string;
}

/** Finds the client key that was presented; undefined when it is none of ours. */
export type ClientKeyLookup = (presented: string) => ClientKey | undefined;

/**
 * Keys are long and random, so a plain SHA-256 keeps them safe at rest. Every key is compared with every attempt, in
 * constant time, so that the time taken says nothing about any of them.
 */
export function createClientKeyLookup({
  apiKeys,
  clientKeys,
}: Pick<Config, 'apiKeys' | 'clientKeys'>): ClientKeyLookup | undefined {
  const keys = [
    ...apiKeys.map((key, index) => ({ name: nameOfPlainKey(index), hash: hashClientKey(key.reveal()) })),
    ...clientKeys.map(({ name, hash }) => ({ name, hash: Buffer.from(hash.slice('sha256:'.length), 'hex') })),
  ].map(({ name, hash }) => ({ hash, key: { id: hash.toString('hex'), name } }));
  if (keys.length === 0) return undefined;
  return (presented) => {
    const hash = hashClientKey(presented);
    let found: ClientKey | undefined;
    for (const known of keys) if (timingSafeEqual(known.hash, hash)) found = known.key;
    return found;
  };
}
