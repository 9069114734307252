import type { ClientApi } from '../apis/api.ts';
import type { Route } from './route.ts';
/** Every route of routes/. */
export declare const importRoutes: () => Promise<readonly Route[]>;
/** The client APIs that the routes serve. */
export declare function apisOf(routes: readonly Route[]): ClientApi[];
