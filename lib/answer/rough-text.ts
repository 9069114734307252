/** About how much text a stream has held, for one that is passed on unread and says nothing of its tokens. */
import { usualMaxValues, ValueBudget } from '../bounded-json.ts';

/** The fields that hold an answer's text, in the APIs whose streams are passed on. */
const textFields: ReadonlySet<string> = new Set([
  'content',
  'text',
  'delta',
  'arguments',
  'reasoning_content',
  'reasoning',
  'thinking',
  'partial_json',
]);

/**
 * @param tail the last events; all events are taken to hold as much text as these
 * @param streamBytes of the whole stream
 * @returns bytes
 */
export function roughTextBytes(tail: string, streamBytes: number): number {
  let bytes = 0;
  // Bounds the depth to what `textBytesIn` can follow.
  const budget = new ValueBudget(usualMaxValues);
  for (const line of tail.split('\n')) {
    if (line.startsWith('data:')) bytes += textBytesIn(budget.parse(line.slice('data:'.length)));
  }
  return Math.round((bytes * streamBytes) / Math.max(1, Buffer.byteLength(tail)));
}

function textBytesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = 0;
  for (const [key, item] of Object.entries(value)) {
    bytes += typeof item === 'string' && textFields.has(key) ? Buffer.byteLength(item) : textBytesIn(item);
  }
  return bytes;
}
