import { type ReasoningEffort, reasoningEfforts } from '../canonical/types.ts';

/** The known ones of a list of efforts, weakest first. */
export function sortEfforts(names: unknown): ReasoningEffort[] {
  const listed = new Set(Array.isArray(names) ? names : []);
  return reasoningEfforts.filter((effort) => listed.has(effort));
}

/**
 * The effort of a list that is nearest to the requested one: the same, else the next weaker one. Undefined where all are
 * stronger.
 * @param efforts weakest first
 */
export function atMost(asked: ReasoningEffort, efforts: readonly ReasoningEffort[]): ReasoningEffort | undefined {
  const strongest = reasoningEfforts.indexOf(asked);
  return efforts.findLast((effort) => reasoningEfforts.indexOf(effort) <= strongest);
}
