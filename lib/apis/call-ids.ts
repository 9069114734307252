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
