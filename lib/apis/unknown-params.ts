import type { RequestContext } from './api.ts';

/** Most unknown keys that are read and reported to the client; more are dropped silently. */
const maxReportedUnknown = 16;
const maxSeenUnknown = 1024;

/** Reports the keys of a body that its API does not know to the client. */
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
    // The name goes into a response header: only safe ones are repeated.
    if (body[key as keyof typeof body] == null || !/^[\w.-]{1,64}$/.test(key)) continue;
    if (++reported > maxReportedUnknown) break;
    ignore(key);
  }
}
