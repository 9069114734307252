/** Unknown keys that are passed on at most, and looked at; the rest are dropped without a word. */
const maxExtraKeys = 64;
const maxSeenUnknown = 1024;

/**
 * What of a request an API has no word for, and some provider may know: keys that could be named in a header, since that is
 * where a client is told of them. Undefined when there is nothing.
 */
export function toExtra(body: object, known: ReadonlySet<string>): Record<string, unknown> | undefined {
  const extra: Record<string, unknown> = {};
  let seen = 0;
  let taken = 0;
  // `in`, because a body of megabytes may hold a million keys: a list of them takes seconds.
  for (const key in body) {
    if (known.has(key)) continue;
    if (++seen > maxSeenUnknown) break;
    const value: unknown = body[key as keyof typeof body];
    if (value === null || value === undefined || key === '__proto__' || !/^[\w.-]{1,64}$/.test(key)) continue;
    if (++taken > maxExtraKeys) break;
    extra[key] = value;
  }
  return taken > 0 ? extra : undefined;
}
