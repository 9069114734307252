import type { ClientApi } from '../apis/api.ts';
import { importOwn } from '../own-modules.ts';
import type { Route } from './route.ts';

/** Every route of routes/. */
export const importRoutes = (): Promise<readonly Route[]> => importOwn('routes/index');

/** The client APIs that the routes serve. */
export function apisOf(routes: readonly Route[]): ClientApi[] {
  return [...new Set(routes.flatMap(({ api }) => api ?? []))];
}
