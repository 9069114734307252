import type { PlannedProvider, ProviderPlan } from '../providers/plan.ts';
/** What of a plan a command can open: only a server runs plugins. @param onPlugin is told of each that is left out */
export declare function withoutPlugins(plan: ProviderPlan, onPlugin?: (provider: PlannedProvider) => void): ProviderPlan;
