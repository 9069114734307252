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
