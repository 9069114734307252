import { createHash, timingSafeEqual } from 'node:crypto';
import { nameOfPlainKey } from '../config/checks.ts';
import type { Config } from '../config/schema.ts';

export function hashClientKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

export interface ClientKey {
  /** Its hash, which owns the key's data, so that another key with the same name gets nothing of it. */
  readonly id: string;
  /** For people: as configured, or the place in `apiKeys`. */
  readonly name: string;
}

/** Finds the presented client key; undefined for an unknown one. */
export type ClientKeyLookup = (presented: string) => ClientKey | undefined;

/**
 * Keys are long and random, so a plain SHA-256 keeps them safe at rest. Every key is compared with every attempt, in
 * constant time, so that the time reveals nothing about the keys.
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
