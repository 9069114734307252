/**
 * A thinking block of Anthropic's as the encrypted form of a reasoning item: its text and its signature go back together, even
 * if the client's API keeps only a part of the item.
 */
import { usualMaxValues, ValueBudget } from '../../bounded-json.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';

/** Tells it from what other backends encrypt. */
const mark = 'anthropic.1.';

export function keepThinking(block: Json): string {
  return mark + Buffer.from(JSON.stringify(block)).toString('base64url');
}

/** The block as it came; undefined for reasoning of another backend, or what no longer is one. */
export function readKeptThinking(encrypted: unknown, budget = new ValueBudget(usualMaxValues)): Json | undefined {
  if (typeof encrypted !== 'string' || !encrypted.startsWith(mark)) return undefined;
  const block = asObject(budget.parse(Buffer.from(encrypted.slice(mark.length), 'base64url').toString()));
  const { type, thinking, signature, data } = block ?? {};
  if (type === 'thinking' && typeof thinking === 'string' && asText(signature)) return { type, thinking, signature };
  return type === 'redacted_thinking' && asText(data) ? { type, data } : undefined;
}
