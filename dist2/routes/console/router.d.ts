import type { Handler } from '../../lib/chain/middleware.ts';
import { type ConsolePlace } from '../../lib/console/console.ts';
import type { RouteServices } from '../../lib/server/route.ts';
export declare function createConsoleRouter(services: RouteServices, place: ConsolePlace): Handler;
