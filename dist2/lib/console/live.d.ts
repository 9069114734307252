/** Tells a page what happens: requests as they begin and end. Costs nothing while nobody watches. */
import type { Response } from '../chain/middleware.ts';
import type { RouteServices } from '../server/route.ts';
/** Pages that watch at a time. */
export declare const maxWatchers = 8;
type LiveServices = Pick<RouteServices, 'running' | 'ledger' | 'config' | 'currentConfig' | 'state'>;
/**
 * @param isStillIn may the page go on watching? Asked again and again
 * @throws OpenCompatError when too many watch
 */
export declare function watchRequests(res: Response, watchers: Set<object>, { running, ledger, config, currentConfig, state }: LiveServices, isStillIn: () => boolean): void;
export {};
