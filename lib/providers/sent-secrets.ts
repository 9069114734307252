/** Keeps what was sent to identify the server out of what comes back. */
import { Secret } from '../secret.ts';
import type { UpstreamRequest } from './provider.ts';

/** Shorter texts are too common to be masked: they may be words of the answer. */
const leastSecretCharacters = 8;

/** Some servers quote the key that they refuse. */
export function withoutSecrets(text: string, headers: UpstreamRequest['headers']): string {
  return Object.values(headers).reduce<string>((cleaned, value) => {
    const secret = value instanceof Secret ? value.reveal().replace(/^Bearer /, '') : '';
    return secret.length < leastSecretCharacters ? cleaned : cleaned.replaceAll(secret, '[removed]');
  }, text);
}
