/**
 * The signature of a thinking block is the encrypted reasoning that the upstream gave, behind a mark of our own: clients
 * keep signatures as they are and send them back, which is how reasoning outlives a turn on a backend that stores nothing.
 */

/** No signature of Anthropic's has a dot in it (they are base64). */
const mark = 'opencompat.1.';

export function toSignature(encryptedReasoning: string | null | undefined): string {
  return mark + (encryptedReasoning ?? '');
}

/** The encrypted reasoning, '' where there was none; undefined for a signature that was not made here. */
export function fromSignature(signature: string | null | undefined): string | undefined {
  return signature?.startsWith(mark) ? signature.slice(mark.length) : undefined;
}
