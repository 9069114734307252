import type { ReasoningEffort } from '../canonical/types.ts';

const byStrength: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'];

/** The known ones of a list of efforts, weakest first. */
export function sortEfforts(names: unknown): ReasoningEffort[] {
  const listed = new Set(Array.isArray(names) ? names : []);
  return byStrength.filter((effort) => listed.has(effort));
}

/**
 * The effort of a list for the one that was asked for: the same, else the next weaker one. Undefined where all are stronger.
 * @param efforts weakest first
 */
export function atMost(asked: ReasoningEffort, efforts: readonly ReasoningEffort[]): ReasoningEffort | undefined {
  const strongest = byStrength.indexOf(asked);
  return efforts.findLast((effort) => byStrength.indexOf(effort) <= strongest);
}
