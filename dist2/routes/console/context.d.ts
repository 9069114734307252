import type { Response } from 'express';
import type { ConsoleAccess, Entrant } from '../../lib/console/access.ts';
import type { ConsolePlace } from '../../lib/console/console.ts';
import type { RouteServices } from '../../lib/server/route.ts';
/** What the console's routes share. */
export interface ConsoleContext {
    readonly services: RouteServices;
    readonly access: ConsoleAccess;
    readonly place: ConsolePlace;
    /** Logs what has been changed, and by whom. */
    logChange(res: Response, what: string, facts: Record<string, unknown>): void;
}
/** Who has sent the request. */
export declare function entrantOf(res: Response): Entrant;
