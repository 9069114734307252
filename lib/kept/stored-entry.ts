/** A kept answer as the local store holds it, in memory and in its file. */
import { asObject, asText, parseObject } from '../lenient-json.ts';

export interface StoredEntry {
  readonly id: string;
  readonly owner: string;
  /** JSON text, so that callers cannot change the stored answer. */
  readonly text: string;
  readonly itemIds: readonly string[];
  /** Unix milliseconds. */
  usedAtMs: number;
}

/** Undefined for a text that is not a stored answer. */
export function toEntry(text: string, usedAtMs: number): StoredEntry | undefined {
  const { id, owner, input, response } = parseObject(text) ?? {};
  const output = asObject(response)?.output;
  if (typeof id !== 'string' || typeof owner !== 'string' || !Array.isArray(input) || !Array.isArray(output)) {
    return undefined;
  }
  const itemIds = output.flatMap((item) => asText(asObject(item)?.id) ?? []);
  return { id, owner, text, itemIds, usedAtMs };
}

/** The length prefix keeps owners apart: no owner's name can produce another's key. */
export function toKey(owner: string, id: string): string {
  return `${owner.length}:${owner}${id}`;
}
