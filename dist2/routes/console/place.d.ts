import type { Handler, Request } from '../../lib/chain/middleware.ts';
import type { ConsolePlace } from '../../lib/console/console.ts';
import type { RouteServices } from '../../lib/server/route.ts';
/** The console of a server, the same one for every configuration that it has. */
export declare function placeOf({ lasting }: RouteServices): ConsolePlace;
/** @throws OpenCompatError OC_CONSOLE_OFF */
export declare function checkIsOn({ config }: RouteServices): void;
/**
 * Lets an admin in, by a session of the console or an admin key.
 * @param key default: that of `Authorization`
 * @throws OpenCompatError for everybody else, and for pages of other sites
 */
export declare function enter(services: RouteServices, req: Request, key?: string): Promise<void>;
/** Stands in the place of `client-auth`: the client of the request is the console. */
export declare function enterAsConsole(services: RouteServices): Handler;
