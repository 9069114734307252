/** Marks of the prompt cache (`cache_control`), of which Anthropic takes four in a request. Pure. */
import { asObject, type Json } from '../../lenient-json.ts';

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching, read 2026-11. */
const maxMarks = 4;

interface MarkedRequest {
  readonly messages: readonly object[];
  readonly system?: unknown;
  readonly tools?: unknown;
  readonly cache_control?: unknown;
}

/**
 * The messages of a request that is put together of several, each of which had marks of its own: of those in the first
 * messages, only the newest are kept.
 * @param held how many messages come from earlier requests
 */
export function withNewestMarks(
  { messages, system, tools, cache_control: own }: MarkedRequest,
  held: number,
): object[] {
  const left = { marks: maxMarks - (own == null ? 0 : 1) };
  dropMarks([system, tools], left, true);
  const added = dropMarks(messages.slice(held), left, true);
  return [...dropMarks(messages.slice(0, held), left, false), ...added] as object[];
}

/** Goes from the newest to the oldest. @param isKept are all marks kept, whatever their number is? */
function dropMarks(values: readonly unknown[], left: { marks: number }, isKept: boolean): unknown[] {
  return values
    .toReversed()
    .map((value) => dropMark(value, left, isKept))
    .toReversed();
}

function dropMark(value: unknown, left: { marks: number }, isKept: boolean): unknown {
  if (Array.isArray(value)) return dropMarks(value, left, isKept);
  const given = asObject(value);
  if (!given) return value;
  const content = Array.isArray(given.content) ? dropMarks(given.content, left, isKept) : given.content;
  const kept: Json = content === undefined ? { ...given } : { ...given, content };
  if (given.cache_control == null) return kept;
  left.marks -= 1;
  if (left.marks < 0 && !isKept) delete kept.cache_control;
  return kept;
}
