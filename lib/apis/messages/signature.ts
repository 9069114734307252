/**
 * The signature of a thinking block carries the reasoning that the upstream needs back, behind a mark of our own: clients send
 * signatures back unchanged, so reasoning outlives a turn although the server stores nothing.
 */

import { isServerState } from '../chat-completions/server-state.ts';

export interface SignedReasoning {
  /** As the upstream gave it. */
  encrypted?: string | null;
  /** The reasoning's text, where the client does not see it and so cannot send it back. */
  text?: string;
}

/** Anthropic's signatures never hold a dot (they are base64). */
const encryptedMark = 'opencompat.1.';
const textMark = 'opencompat.2.';
const bothMark = 'opencompat.3.';

export function toSignature({ encrypted, text }: SignedReasoning): string {
  if (!encrypted && text) return textMark + Buffer.from(text).toString('base64');
  // A server of Chat Completions wants the text itself back.
  if (text && isServerState(encrypted)) return `${bothMark}${encrypted}.${Buffer.from(text).toString('base64')}`;
  return encryptedMark + (encrypted ?? '');
}

/** Undefined for a signature that was not made here. */
export function fromSignature(signature: string | null | undefined): SignedReasoning | undefined {
  if (typeof signature !== 'string') return undefined;
  if (signature.startsWith(encryptedMark)) return { encrypted: signature.slice(encryptedMark.length) };
  if (signature.startsWith(bothMark)) {
    const end = signature.lastIndexOf('.');
    const text = Buffer.from(signature.slice(end + 1), 'base64').toString();
    return { encrypted: signature.slice(bothMark.length, end), text };
  }
  if (signature.startsWith(textMark)) {
    return { text: Buffer.from(signature.slice(textMark.length), 'base64').toString() };
  }
  return undefined;
}
