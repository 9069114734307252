import type { ClientApi } from '../apis/api.ts';
import type { BoxName } from '../chain/default-chain.ts';
import type { Exchange, Handler } from '../chain/middleware.ts';
import type { SharedServices } from '../chain/pipeline.ts';
import type { PlacedRoute } from '../chain/plugin-routes.ts';
import type { Config } from '../config/schema.ts';
import type { Recordings } from '../recorder/recordings.ts';
import type { BackgroundAnswers } from './background.ts';
import type { ConfigReloads } from './config-state.ts';
import type { ResumableStreams } from './resumable.ts';
import type { ResponseSockets } from './sockets.ts';
/** Whether the server takes requests. */
export interface ServerState {
    isDraining: boolean;
}
export interface RouteServices extends SharedServices {
    readonly state: Readonly<ServerState>;
    readonly sockets: ResponseSockets;
    readonly resumable: ResumableStreams;
    readonly background: BackgroundAnswers;
    readonly recordings: Recordings;
    readonly reloads: ConfigReloads;
    /** Every exchange that runs. */
    readonly running: () => Iterable<Exchange>;
    /** The configuration on which requests begin: after a reload another one than that of the request. */
    readonly currentConfig: () => Config;
    /** Is it the key of the server's operator? */
    readonly isOperator: (presented: string | undefined) => boolean;
    /** All routes, for the page that lists them. */
    readonly routes: readonly Route[];
}
/** How requests to a route are explained: what the chain would do with them is told, and they are not sent. */
export interface Explained {
    /** All of them are. Default: those that ask for it by `?explain=1`. */
    readonly isAlways?: true;
    /** Lets in, in the place of `client-auth`, who may have one explained. It throws for others. */
    createEntry(services: RouteServices): Handler;
}
/** A path that the server answers. */
export interface Route {
    /** `use`: every method, and all paths below this one. */
    readonly method: 'get' | 'post' | 'delete' | 'use';
    readonly path: string;
    /** The API that the path belongs to; it gives errors their shape. */
    readonly api?: ClientApi;
    /**
     * The last box of the chain before the handler; it may depend on the configuration. Absent: the request takes the whole chain,
     * which answers it.
     */
    readonly through?: BoxName | ((config: Config) => BoxName);
    /**
     * Takes the request to the plugins that change it too, those before `rewrite-request`, whatever `through` says. A model that
     * cannot be found is an error only where a plugin asks for it.
     */
    readonly isSeenByPlugins?: true;
    /** Lets the request in, in the place of `client-auth`. */
    readonly createEntry?: (services: RouteServices) => Handler;
    /** Its requests can be explained instead of sent. */
    readonly explained?: Explained;
    /** Its answers may be streams of events, which clients can come back to. */
    readonly isResumable?: true;
    /** Stands in the table for the routes of plugins: makes one of each. It has no handler of its own. */
    readonly fromPlugin?: (placed: PlacedRoute) => Route;
    /** By calling `next`, the handler leaves the answer to the rest of its API's chain. */
    readonly createHandler?: (services: RouteServices) => Handler;
}
/** The table of a configuration: with its plugins' own routes in their place. */
export declare function withPluginRoutes(routes: readonly Route[], placed: readonly PlacedRoute[]): Route[];
/** Identity, plus types: declares a route. */
export declare function defineRoute(route: Route): Route;
