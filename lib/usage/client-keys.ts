import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../config/schema.ts';

export function hashClientKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Finds the name of the client key that was presented; undefined when it is none of ours. */
export type ClientKeyLookup = (presented: string) => string | undefined;

/**
 * Keys are long and random, so a plain SHA-256 keeps them safe at rest. Every key is compared with every attempt, in
 * constant time, so that the time taken says nothing about any of them.
 */
export function createClientKeyLookup({
  apiKeys,
  clientKeys,
}: Pick<Config, 'apiKeys' | 'clientKeys'>): ClientKeyLookup | undefined {
  const keys = [
    ...apiKeys.map((key, index) => ({ name: `key-${index + 1}`, hash: hashClientKey(key.reveal()) })),
    ...clientKeys.map(({ name, hash }) => ({ name, hash: Buffer.from(hash.slice('sha256:'.length), 'hex') })),
  ];
  if (keys.length === 0) return undefined;
  return (presented) => {
    const hash = hashClientKey(presented);
    let found: string | undefined;
    for (const key of keys) if (timingSafeEqual(key.hash, hash)) found = key.name;
    return found;
  };
}
