import type { PlannedProvider, ProviderPlan } from '../providers/plan.ts';

/** What of a plan a command can open: only a server runs plugins. @param onPlugin is told of each that is left out */
export function withoutPlugins(plan: ProviderPlan, onPlugin?: (provider: PlannedProvider) => void): ProviderPlan {
  for (const provider of plan.providers) if (provider.isUnloaded) onPlugin?.(provider);
  return { ...plan, providers: plan.providers.filter(({ isUnloaded }) => !isUnloaded) };
}
