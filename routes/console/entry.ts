/** What lets requests into the console. The rest of the console is loaded with the first of them. */
import type { Request } from '../../lib/chain/middleware.ts';
import type { ConsolePlace } from '../../lib/console/console.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import type { RouteServices } from '../../lib/server/route.ts';

/** The console of a server, the same one for every configuration that it has. */
export function placeOf({ lasting }: RouteServices): ConsolePlace {
  return lasting.open('console', 'state', () => ({}));
}

export function checkIsOn({ config }: RouteServices): void {
  if (!config.console) throw new OpenCompatError('OC_CONSOLE_OFF');
}

/** @throws OpenCompatError for everybody but an admin, and for pages of other sites */
export async function enterConsole(services: RouteServices, place: ConsolePlace, req: Request): Promise<void> {
  checkIsOn(services);
  const { openAccess } = await import('../../lib/console/console.ts');
  openAccess(place, services).enter(req);
}

/** Names the client of a request that the console has let in. */
export function nameAdmin({ exchange }: Request): void {
  exchange.clientId = 'console';
  exchange.clientName = 'console';
}
