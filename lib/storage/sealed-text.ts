/** Encrypts texts for a shared store: AES-256-GCM, under a key that only the servers have. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '../secret.ts';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
/** Random nonces of 96 bits (NIST SP 800-38D §8.2.2, https://doi.org/10.6028/NIST.SP.800-38D). */
const nonceBytes = 12;
const tagBytes = 16;

export interface Sealer {
  /** @param place where the text will stand; it can be opened only for the same place */
  seal(text: string, place: string): string;
  /** @throws Error for a text that was sealed with another key, for another place, or changed since */
  open(sealed: string, place: string): string;
}

export function createSealer(secret: Secret): Sealer {
  const key = Buffer.from(hkdfSync('sha256', secret.reveal(), '', 'opencompat sealed text 1', keyBytes));
  return {
    seal(text, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(place));
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
        'base64',
      );
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64');
      const nonce = bytes.subarray(0, nonceBytes);
      // Without the length, a tag of four bytes would be accepted, which can be guessed.
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString();
    },
  };
}
