import type { RequestContext } from './api.ts';

/** Unknown keys that are named to the client at most, and looked at; the rest are dropped without a word. */
const maxReportedUnknown = 16;
const maxSeenUnknown = 1024;

/** Names the keys of a body that its API does not know, so that the client is told. */
export function reportUnknown(
  body: object,
  known: ReadonlySet<string>,
  { ignore }: Pick<RequestContext, 'ignore'>,
): void {
  let seen = 0;
  let reported = 0;
  // `in`, because a body of megabytes may hold a million keys: a list of them takes seconds.
  for (const key in body) {
    if (known.has(key)) continue;
    if (++seen > maxSeenUnknown) break;
    // A name goes into a response header, so only what cannot hurt there is repeated.
    if (body[key as keyof typeof body] == null || !/^[\w.-]{1,64}$/.test(key)) continue;
    if (++reported > maxReportedUnknown) break;
    ignore(key);
  }
}
