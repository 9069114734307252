import { createHash } from 'node:crypto';

/** Longest `call_id` that the Responses API takes, in characters. */
const maxCallIdCharacters = 64;

const prefix = 'call_';

/** An id of a tool call that is short enough. The same long id gives the same short one, in the call and in its output. */
export function shortenCallId(id: string, maxCharacters: number = maxCallIdCharacters): string {
  if (id.length <= maxCharacters) return id;
  const hash = createHash('sha256').update(id).digest('hex');
  return `${prefix}${hash.slice(0, maxCharacters - prefix.length)}`;
}
