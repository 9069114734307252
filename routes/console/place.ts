import type { Handler, Request } from '../../lib/chain/middleware.ts';
import type { ConsolePlace } from '../../lib/console/console.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import type { RouteServices } from '../../lib/server/route.ts';

/** The console of a server, the same one for every configuration that it has. */
export function placeOf({ lasting }: RouteServices): ConsolePlace {
  return lasting.open('console', 'state', () => ({}));
}

/** @throws OpenCompatError OC_CONSOLE_OFF */
export function checkIsOn({ config }: RouteServices): void {
  if (!config.console) throw new OpenCompatError('OC_CONSOLE_OFF');
}

/**
 * Lets an admin in, by a session of the console or an admin key.
 * @param key default: that of `Authorization`
 * @throws OpenCompatError for everybody else, and for pages of other sites
 */
export async function enter(services: RouteServices, req: Request, key?: string): Promise<void> {
  checkIsOn(services);
  const { openAccess } = await import('../../lib/console/console.ts');
  openAccess(placeOf(services), services).enter(req, key);
}

/** Stands in the place of `client-auth`: the client of the request is the console. */
export function enterAsConsole(services: RouteServices): Handler {
  return async function enterConsole(req, _res, next) {
    await enter(services, req);
    req.exchange.clientId = 'console';
    req.exchange.clientName = 'console';
    next();
  };
}
