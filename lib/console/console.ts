/** The part of the console that a server has once, whatever its configuration becomes. It is empty until somebody opens it. */
import type { Services } from '../chain/middleware.ts';
import { type AccessState, ConsoleAccess, openAccessState } from './access.ts';
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

export function openState(place: ConsolePlace, { config }: Pick<Services, 'config'>): ConsoleState {
  place.state ??= { access: openAccessState(config), signIns: new ConsoleSignIns(), watchers: new Set() };
  return place.state;
}

/** @param services those of the configuration that the request began with */
export function openAccess(place: ConsolePlace, services: Pick<Services, 'config' | 'log'>): ConsoleAccess {
  return new ConsoleAccess(services.config, openState(place, services).access, services.log);
}
