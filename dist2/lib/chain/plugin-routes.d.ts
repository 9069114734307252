import type { Handler } from './handler.ts';
/** Who may ask: admins of the console, clients whose key is good (everybody where the server has no keys), everybody. */
export type RouteGuard = 'admin' | 'client-key' | 'none';
interface RoutePlace {
    /** `get` answers HEAD too. The JSON body of a `post` is `req.exchange.body`. */
    readonly method: 'get' | 'post' | 'delete';
    /** Such as `/page.html` or `/notes/:id`: it follows `/plugins/NAME`, or `/console/api/plugins/NAME` where only admins may ask. */
    readonly path: string;
    readonly guard: RouteGuard;
}
/** A path of a plugin's own, answered by a handler or with a file (an absolute path, or a `file:` URL). */
export type PluginRoute = RoutePlace & ({
    readonly handler: Handler;
} | {
    readonly file: string | URL;
});
/** The same at its place. */
export interface PlacedRoute extends RoutePlace {
    readonly handler: Handler;
}
/**
 * Puts a route below its plugin's prefix.
 * @param wrap what makes a handler of the plugin's one of the chain's
 * @throws TypeError for what is no usable route
 */
export declare function placeRoute(plugin: string, route: PluginRoute, wrap: (handler: Handler) => Handler): PlacedRoute;
export {};
