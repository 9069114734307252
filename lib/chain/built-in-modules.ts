/**
 * The one place where lib/ reaches up to the folders that rest on it: the boxes of the chain and the routes are loaded by
 * name, as plugins are, when a server comes to be.
 */
import type { ClientApi } from '../apis/api.ts';
import type { Route } from '../server/route.ts';
import type { BoxName } from './default-chain.ts';
import type { Middleware } from './middleware.ts';

/** The sources run as they are, and built. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

async function importDefault<T>(path: string): Promise<T> {
  const module: { default: T } = await import(new URL(`../../${path}.${extension}`, import.meta.url).href);
  return module.default;
}

export const importBox = (name: BoxName): Promise<Middleware> => importDefault(`middleware/${name}`);

export const importRoutes = (): Promise<readonly Route[]> => importDefault('routes/index');

/** The client APIs that the routes serve. */
export function apisOf(routes: readonly Route[]): ClientApi[] {
  return [...new Set(routes.flatMap(({ api }) => api ?? []))];
}
