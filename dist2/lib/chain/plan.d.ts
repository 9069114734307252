/**
 * The plan of each API's chain: which boxes and plugins it has, in which order and with which options. Nothing is created yet;
 * all faults are reported together.
 */
import type { Config } from '../config/schema.ts';
import { type Fault } from '../options/faults.ts';
import { type PlanOptions } from '../plugin-imports.ts';
import type { Middleware } from './middleware.ts';
import { type PlannedBox, type Position } from './places.ts';
/** A plugin given in code, as tests do. */
export interface PluginEntry extends Position {
    middleware: Middleware;
    options?: Record<string, unknown>;
    apis?: readonly string[];
}
/** The chains as configured, before their handlers are created. */
export interface ChainPlan {
    /** By the name of the API; undefined: pages outside every API. */
    readonly chains: ReadonlyMap<string | undefined, readonly PlannedBox[]>;
}
/**
 * Loads and places the boxes and plugins of every API's chain.
 * @param options plugins that are not loaded are not checked against their own definitions, nor are references to their names
 * @throws ConfigError with all faults
 */
export declare function planChains(config: Pick<Config, 'middleware' | 'baseDir' | 'file'>, apis: readonly string[], plugins?: readonly PluginEntry[], { loadsPlugins }?: PlanOptions): Promise<ChainPlan>;
/** The chains of all APIs report the same fault: keeps one. */
export declare function withoutRepeats(faults: readonly Fault[]): Fault[];
