/**
 * The signature of a thinking block holds what the upstream wants back of its reasoning, behind a mark of our own: clients
 * keep signatures as they are and send them back, which is how reasoning outlives a turn on a server that stores nothing.
 */

export interface SignedReasoning {
  /** As the upstream gave it. */
  encrypted?: string | null;
  /** Its text, where the client does not want to see it and so does not send it back. */
  text?: string;
}

/** No signature of Anthropic's has a dot in it (they are base64). */
const encryptedMark = 'opencompat.1.';
const textMark = 'opencompat.2.';

export function toSignature({ encrypted, text }: SignedReasoning): string {
  if (!encrypted && text) return textMark + Buffer.from(text).toString('base64');
  return encryptedMark + (encrypted ?? '');
}

/** Undefined for a signature that was not made here. */
export function fromSignature(signature: string | null | undefined): SignedReasoning | undefined {
  if (typeof signature !== 'string') return undefined;
  if (signature.startsWith(encryptedMark)) return { encrypted: signature.slice(encryptedMark.length) };
  if (signature.startsWith(textMark)) {
    return { text: Buffer.from(signature.slice(textMark.length), 'base64').toString() };
  }
  return undefined;
}
