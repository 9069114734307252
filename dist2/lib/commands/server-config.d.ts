import { type LoadedConfig } from '../config/load.ts';
import type { PlanOptions } from '../plugin-imports.ts';
/**
 * Loads the configuration of a server. If it is faulty, boxes and plugins are loaded too, to report all faults.
 * @throws ConfigError with every fault, those of the chain and of the providers too
 */
export declare function loadServerConfig(flags: Record<string, unknown>, { loadsPlugins }: PlanOptions): Promise<LoadedConfig>;
