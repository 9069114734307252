/** Finds a plugin's place in a chain. */
import { type Fault } from '../options/faults.ts';
import { type BoxName } from './default-chain.ts';
import type { Middleware } from './middleware.ts';
/** A box before it is created: what it is, where it stands, what it is given. */
export interface PlannedBox {
    middleware: Middleware;
    /** `built-in`, or the plugin's path or package. */
    origin: string;
    /** The built-in box at this place, or the nearest one before it; decides what a route's `through` includes. */
    place: BoxName;
    /** The built-in box that it is, or whose duties it has taken over. */
    duty?: BoxName;
    options: Record<string, unknown>;
    /** The path of its entry in the configuration, for faults. */
    path: string;
    /** A plugin that was not loaded: only its file and its entry are known. */
    isUnloaded?: true;
}
/** What an entry says of its plugin's place: at most one of these. */
export interface Position {
    before?: string;
    after?: string;
    /** The box that the plugin replaces. */
    replace?: string;
}
/** Puts a plugin into the chain at the place that `position`, or else its own definition, asks for. @returns the fault, if any */
export declare function placePlugin(chain: PlannedBox[], plugin: PlannedBox, position: Position): Fault | undefined;
