/**
 * OpenRouter's `reasoning_details` carry signatures and encrypted pieces that the server wants back. The canonical form has one
 * field for them, a reasoning item's `encrypted_content`: it holds them as JSON behind a mark.
 */
import { asObject, type Json } from '../../lenient-json.ts';

const mark = 'reasoning_details:';

export function writeReasoningDetails(details: readonly Json[]): string {
  return mark + JSON.stringify(details);
}

/** Undefined for the encrypted form of any other server. */
export function readReasoningDetails(encrypted: string): Json[] | undefined {
  if (!encrypted.startsWith(mark)) return undefined;
  try {
    const details: unknown = JSON.parse(encrypted.slice(mark.length));
    return Array.isArray(details) ? details.map((detail) => asObject(detail) ?? {}) : undefined;
  } catch {
    return undefined;
  }
}
