/**
 * A snapshot: everything that follows from one configuration, from the chains to the application. A request keeps the snapshot
 * that it began with, so that a reload cannot change anything under it.
 */
import type { Express } from 'express';
import type { ClientApi } from '../apis/api.ts';
import type { HttpExchange } from '../chain/exchange.ts';
import { type SharedServices } from '../chain/pipeline.ts';
import { type ChainPlan, type PluginEntry } from '../chain/plan.ts';
import type { LoadedConfig } from '../config/load.ts';
import { type GivenProvider, type ProviderPlan } from '../providers/plan.ts';
import type { LastingParts } from './lasting-parts.ts';
import { type RouteServices } from './route.ts';
/** Parts given in code, in addition to the configuration. */
export interface GivenParts {
    /** Plugins besides those of the configuration. */
    plugins?: readonly PluginEntry[];
    /** Providers before those of the configuration. */
    providers?: readonly GivenProvider[];
}
/** What a configuration asks for, before any of it is opened: its plugins have been loaded, its options checked. */
export interface SnapshotPlan {
    readonly loaded: LoadedConfig;
    readonly chains: ChainPlan;
    readonly providers: ProviderPlan;
    /** What counts beside the values, each with a text that differs when it does: files that they name, and plugins. */
    readonly texts: Readonly<Record<string, string | undefined>>;
}
export interface Snapshot {
    readonly plan: SnapshotPlan;
    readonly services: SharedServices;
    readonly app: Express;
    /** The exchanges that run on it. */
    readonly live: ReadonlySet<HttpExchange>;
    /** Runs the work that the boxes have put off until the server listens. */
    warmUp(): Promise<void>;
    /** Closes what no other snapshot uses. */
    close(): Promise<void>;
    /** The same when its last exchange has ended: no new one will begin. */
    retire(): Promise<void>;
}
/** @throws ConfigError with every fault of chains and providers, each with its line */
export declare function planSnapshot(loaded: LoadedConfig, apis: readonly ClientApi[], given: GivenParts): Promise<SnapshotPlan>;
/** The files that a plan was made from. */
export declare function filesOf({ loaded }: SnapshotPlan): string[];
/**
 * Opens what a plan asks for. A failure closes what it has opened.
 * @param routeServices what the routes are given besides
 * @throws ConfigError for what cannot be created
 */
export declare function openSnapshot(plan: SnapshotPlan, parts: LastingParts, routeServices: Omit<RouteServices, keyof SharedServices | 'routes' | 'recordings'>): Promise<Snapshot>;
