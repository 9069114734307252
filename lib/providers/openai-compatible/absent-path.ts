/**
 * Does a refusal say that the server does not have the path? What is learned of a server holds for all clients, so it must
 * not come from what one of them has sent: an item, a file or a conversation that is not found is a 404 too.
 */

/** Answers for a missing path; some servers use 400 or 501 (seen 2026). */
const statuses: ReadonlySet<number> = new Set([400, 404, 405, 501]);

const place = '(?:url|path|endpoint|route|page|method|resource|responses api)';
const words = new RegExp(
  `(?:unknown|unexpected|invalid|unsupported|no such|no) ${place}\\b|${place}\\b[^.]* (?:not (?:found|allowed|supported|implemented)|does not exist)|cannot post|/responses\\b`,
  'i',
);
/** The whole of what is said; llama.cpp says it of a file. */
const bareWords =
  /(?:^|: )\W*(?:404\W*)?(?:file )?(?:not (?:found|implemented)|method not allowed)\W*$|no explanation\.$/i;

/** @param message what the client would be told */
export function tellsOfPath(status: number, message: string, request: object): boolean {
  if (!statuses.has(status)) return false;
  // What a server puts into quotes is mostly the client's.
  const said = message.replace(/(["'`]).*?\1/g, '');
  if (status !== 400 && bareWords.test(said)) return true;
  const found = words.exec(said)?.[0];
  return found !== undefined && !JSON.stringify(request).toLowerCase().includes(found.toLowerCase());
}
