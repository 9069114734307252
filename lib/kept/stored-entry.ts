/** A kept answer as the local store holds it, in memory and in its file. */
import { asObject, asText, parseObject } from '../lenient-json.ts';

export interface StoredEntry {
  readonly id: string;
  readonly owner: string;
  /** JSON: what is kept cannot be changed by whoever gave or got it. */
  readonly text: string;
  readonly itemIds: readonly string[];
  /** Unix milliseconds. */
  usedAtMs: number;
}

/** Undefined for a text that is no stored answer. */
export function toEntry(text: string, usedAtMs: number): StoredEntry | undefined {
  const { id, owner, input, response } = parseObject(text) ?? {};
  const output = asObject(response)?.output;
  if (typeof id !== 'string' || typeof owner !== 'string' || !Array.isArray(input) || !Array.isArray(output)) {
    return undefined;
  }
  const itemIds = output.flatMap((item) => asText(asObject(item)?.id) ?? []);
  return { id, owner, text, itemIds, usedAtMs };
}

/** Keys are told apart by their lengths, so that no name of an owner can reach into another's. */
export function toKey(owner: string, id: string): string {
  return `${owner.length}:${owner}${id}`;
}
