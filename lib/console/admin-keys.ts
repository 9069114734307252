/** The keys that open the console: hashed in the configuration, as client keys are, and never client keys themselves. */
import { timingSafeEqual } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import { hashClientKey } from '../usage/client-keys.ts';
import type { Admin } from './sessions.ts';

/** @returns who has the key. Every key is compared with every attempt, in constant time. */
export function findAdmin(adminKeys: Config['adminKeys'], presented: string): Admin | undefined {
  const given = hashClientKey(presented);
  let found: Admin | undefined;
  adminKeys.forEach((hash, index) => {
    const keyId = keyIdOf(hash);
    if (timingSafeEqual(Buffer.from(keyId, 'hex'), given)) found = { name: `admin-key-${index + 1}`, keyId };
  });
  return found;
}

/** Has the key been taken out of the configuration? One who came by a link has none. */
export function isStillGood(adminKeys: Config['adminKeys'], { keyId }: Admin): boolean {
  return keyId === undefined || adminKeys.some((hash) => keyIdOf(hash) === keyId);
}

function keyIdOf(hash: string): string {
  return hash.slice('sha256:'.length);
}
