import { createHash } from 'node:crypto';

/** Longest `call_id` that the Responses API takes, in characters. */
const maxCallIdCharacters = 64;

const prefix = 'call_';

/** Shortens the id of a tool call if it is too long. The call and its output get the same short id. */
export function shortenCallId(id: string, maxCharacters: number = maxCallIdCharacters): string {
  if (id.length <= maxCharacters) return id;
  const hash = createHash('sha256').update(id).digest('hex');
  return `${prefix}${hash.slice(0, maxCharacters - prefix.length)}`;
}

/** Gives each id once: one that is taken gets a number behind it. As many steps as ids, also when all are the same. */
export class DistinctIds {
  readonly #taken = new Set<string>();
  /** By id: the number that is tried next. */
  readonly #numbers = new Map<string, number>();

  take(id: string): string {
    let distinct = id;
    let number = this.#numbers.get(id) ?? 2;
    for (; this.#taken.has(distinct); number += 1) distinct = `${id}_${number}`;
    this.#numbers.set(id, number);
    this.#taken.add(distinct);
    return distinct;
  }
}
