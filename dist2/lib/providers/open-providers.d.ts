import { type LastingScope } from '../lasting.ts';
import type { ConfigPlaces } from '../options/fragment.ts';
import type { PluginStates } from '../storage/plugin-state.ts';
import type { ProviderServices } from './definition.ts';
import type { ProviderPlan, ProvidersPlanConfig } from './plan.ts';
import type { Provider } from './provider.ts';
type OpeningServices = Pick<ProviderServices<ProvidersPlanConfig & ConfigPlaces>, 'config' | 'log' | 'scheduler' | 'metrics' | 'redis'> & {
    readonly clientState: PluginStates;
    /** Holds the providers: its end is theirs, but for those that another one holds too. */
    readonly lasting: LastingScope;
};
/**
 * Creates the planned providers, in order. A built-in one of which nothing has changed is the one that there is already.
 * @throws ConfigError naming every provider that cannot be created
 */
export declare function openProviders(services: OpeningServices, { providers: planned }: ProviderPlan): Promise<readonly Provider[]>;
export {};
