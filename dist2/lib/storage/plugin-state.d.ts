import type { Logger } from '../log.ts';
import type { RedisConnection } from './redis.ts';
/** Entries of one plugin. Names and values are the plugin's own. */
export interface PluginState {
    /** @param clientId `exchange.clientId`, or '' for what belongs to no client */
    get(clientId: string, name: string): Promise<unknown>;
    /**
     * Keeps a JSON value. @throws RangeError for one that is larger than `pluginStateMaxBytes`; Error while Redis is away
     * @param ttlS seconds after which it is forgotten. Default: never
     */
    set(clientId: string, name: string, value: unknown, ttlS?: number): Promise<void>;
    delete(clientId: string, name: string): Promise<void>;
    /** Adds to a number, and gives the sum; nothing counts as 0. On several servers at a time, every addition counts. */
    add(clientId: string, name: string, by: number, ttlS?: number): Promise<number>;
}
/** The state of all plugins. */
export interface PluginStates extends PluginState {
    /** Keeps the entries of one plugin from those of all others. */
    within(plugin: string): PluginState;
    /** Writes what waits. */
    close(): Promise<void>;
}
export interface PluginStateOptions {
    /** Of the file. Absent, or where there is `redis`: none is written. */
    path?: string;
    maxEntries: number;
    /** Of one value, as JSON. */
    maxBytes: number;
    redis?: RedisConnection | undefined;
    log: Pick<Logger, 'warn'>;
}
export declare function createPluginStates(options: PluginStateOptions): PluginStates;
/** For commands, which neither know what the server's plugins remember nor add to it. */
export declare function createEmptyStates(log: Pick<Logger, 'warn'>): PluginStates;
