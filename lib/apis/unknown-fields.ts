/** Unknown keys that are passed on at most, and looked at; the rest are dropped without a word. */
const maxExtraKeys = 64;
const maxSeenUnknown = 1024;

/**
 * The fields of a body that its API does not know but some provider may (`CanonicalRequest.extra`): those whose keys could
 * be named in a header, since that is where a client is told of them. Undefined: there are none.
 */
export function collectUnknown(body: object, known: ReadonlySet<string>): Record<string, unknown> | undefined {
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
