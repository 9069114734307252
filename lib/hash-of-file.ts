import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A text that differs when the text of a file does; undefined for one that cannot be read. */
export function hashOfFile(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('base64url');
  } catch {
    return undefined;
  }
}
