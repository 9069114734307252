/** The part of the console that a server has once, whatever its configuration becomes. It is empty until somebody opens it. */
import type { Services } from '../chain/middleware.ts';
import { type AccessState, ConsoleAccess } from './access.ts';
import { ConsoleSignIns } from './sign-ins.ts';
export interface ConsoleState {
    readonly access: AccessState;
    readonly signIns: ConsoleSignIns;
    readonly watchers: Set<object>;
}
/** Holds the state from the first use on. */
export interface ConsolePlace {
    state?: ConsoleState;
}
export declare function openState(place: ConsolePlace, { config }: Pick<Services, 'config'>): ConsoleState;
/** @param services those of the configuration that the request began with */
export declare function openAccess(place: ConsolePlace, services: Pick<Services, 'config' | 'log'>): ConsoleAccess;
