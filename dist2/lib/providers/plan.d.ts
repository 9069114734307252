import type { ConfigPlaces } from '../options/fragment.ts';
import { type PlanOptions } from '../plugin-imports.ts';
import type { ProviderPlugin } from './definition.ts';
import type { ProviderEntry } from './entries-config.ts';
/** A provider given in code, as tests do; asked before all others. */
export interface GivenProvider {
    readonly name: string;
    readonly definition: ProviderPlugin;
    readonly options?: Record<string, unknown>;
}
/** A provider before it is created. */
export interface PlannedProvider {
    readonly name: string;
    /** `built-in`, or the plugin's path or package. */
    readonly origin: string;
    readonly definition: ProviderPlugin;
    readonly options: Record<string, unknown>;
    /** Where its entry is in the configuration, for faults. */
    readonly path: string;
    /** A plugin that was not loaded: it cannot be created. */
    readonly isUnloaded?: true;
}
export interface ProviderPlan {
    /** In the order in which they are asked. */
    readonly providers: readonly PlannedProvider[];
}
/** The keys of the configuration that list providers, besides those of the built-in ones. */
export interface ProvidersPlanConfig extends Pick<ConfigPlaces, 'baseDir' | 'file'> {
    readonly providers: Readonly<Record<string, ProviderEntry>>;
}
/**
 * Finds out which providers the configuration asks for, loads the plugins among them and checks all options.
 * @throws ConfigError with all faults
 */
export declare function planProviders(config: ProvidersPlanConfig, given?: readonly GivenProvider[], { loadsPlugins }?: PlanOptions): Promise<ProviderPlan>;
