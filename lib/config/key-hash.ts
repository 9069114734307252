import { createHash } from 'node:crypto';

/** A key as the configuration and the file of keys have it. */
export function writeHash(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
