/** Encrypts texts for a shared store: AES-256-GCM, under a key that only the servers have. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
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

export interface SealerOptions {
  /**
   * Is a text for one place sealed the same each time? Then its nonce is made of both (as in SIV, RFC 5297,
   * https://www.rfc-editor.org/rfc/rfc5297), and who sees two sealed texts knows whether they are equal. Default false.
   */
  isRepeatable?: boolean;
}

/** What it seals is of the characters of base64url. */
export function createSealer(secret: Secret, { isRepeatable = false }: SealerOptions = {}): Sealer {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret.reveal(), '', purpose, keyBytes));
  const key = derive(isRepeatable ? 'opencompat repeatable text 1' : 'opencompat sealed text 1');
  const nonceKey = isRepeatable ? derive('opencompat repeatable nonce 1') : undefined;
  const nonceFor = (text: string, place: string) =>
    nonceKey
      ? createHmac('sha256', nonceKey)
          .update(JSON.stringify([place, text]))
          .digest()
          .subarray(0, nonceBytes)
      : randomBytes(nonceBytes);
  return {
    seal(text, place) {
      const nonce = nonceFor(text, place);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(place));
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
        'base64url',
      );
    },
    open(sealed, place) {
      // Base64 in either form: earlier versions wrote the other one.
      const bytes = Buffer.from(sealed, 'base64');
      const nonce = bytes.subarray(0, nonceBytes);
      // Without the length, a tag of four bytes would be accepted, which can be guessed.
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString();
    },
  };
}
