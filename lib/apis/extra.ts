/** Most unknown keys that are read and passed on; more are dropped silently. */
const maxExtraKeys = 64;
const maxSeenUnknown = 1024;

/**
 * The keys of a request that its API does not know but a provider may: only names that fit into the header that lists ignored
 * ones. Undefined without any.
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
