import type { ReasoningEffort } from '../canonical/types.ts';
import type { ModelInfo } from './provider.ts';

const byStrength: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'];

/** The known ones of a list of efforts, weakest first. */
export function sortEfforts(names: unknown): ReasoningEffort[] {
  const listed = new Set(Array.isArray(names) ? names : []);
  return byStrength.filter((effort) => listed.has(effort));
}

/** The effort that a model takes for the one that was asked for: the same, else the next weaker one, else its weakest. */
export function nearestEffort(asked: ReasoningEffort, { efforts }: ModelInfo): ReasoningEffort | undefined {
  const strongest = byStrength.indexOf(asked);
  return efforts.findLast((effort) => byStrength.indexOf(effort) <= strongest) ?? efforts[0];
}
