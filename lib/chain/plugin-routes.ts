/** Paths that plugins serve themselves. */
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Handler } from './handler.ts';

/** Who may ask: admins of the console, clients whose key is good (everybody where the server has no keys), everybody. */
export type RouteGuard = 'admin' | 'client-key' | 'none';

interface RoutePlace {
  /** `get` answers HEAD too. The JSON body of a `post` is `req.exchange.body`. */
  readonly method: 'get' | 'post' | 'delete';
  /** Such as `/page.html` or `/notes/:id`: it follows `/plugins/NAME`, or `/console/api/plugins/NAME` where only admins may ask. */
  readonly path: string;
  readonly guard: RouteGuard;
}

/** A path of a plugin's own, answered by a handler or with a file (an absolute path, or a `file:` URL). */
export type PluginRoute = RoutePlace & ({ readonly handler: Handler } | { readonly file: string | URL });

/** The same at its place. */
export interface PlacedRoute extends RoutePlace {
  readonly handler: Handler;
  readonly isFile: boolean;
}

/** The console's cookie goes to the paths of its API alone. */
const prefixes: Readonly<Record<RouteGuard, string>> = {
  admin: '/console/api/plugins',
  'client-key': '/plugins',
  none: '/plugins',
};
const methods: readonly string[] = ['get', 'post', 'delete'] satisfies RoutePlace['method'][];
const usablePath = /^(?:\/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*|:[A-Za-z_]\w*))+$/;

/**
 * Puts a route below its plugin's prefix.
 * @param wrap what makes a handler of the plugin's one of the chain's
 * @throws TypeError for what is no usable route
 */
export function placeRoute(plugin: string, route: PluginRoute, wrap: (handler: Handler) => Handler): PlacedRoute {
  const { method, path, guard } = route;
  if (!methods.includes(method)) throw new TypeError(`a route's method must be one of ${methods.join(', ')}`);
  if (!Object.hasOwn(prefixes, guard)) {
    throw new TypeError(`a route's guard must be one of ${Object.keys(prefixes).join(', ')}`);
  }
  if (typeof path !== 'string' || !usablePath.test(path)) {
    throw new TypeError(`a route's path must be like '/page.html' or '/notes/:id', not '${path}'`);
  }
  const isFile = 'file' in route;
  const handler = isFile ? sendingFile(route.file) : route.handler;
  if (typeof handler !== 'function') throw new TypeError(`the route ${path} needs a handler or a file`);
  return { method, path: `${prefixes[guard]}/${plugin}${path}`, guard, handler: wrap(handler), isFile };
}

/** Read at each request, so that a page can be changed while the server runs. @throws TypeError where there is none */
function sendingFile(file: string | URL): Handler {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new TypeError(`there is no file ${path}`);
  const options = { root: dirname(path), dotfiles: 'allow', acceptRanges: false, cacheControl: false } as const;
  return function sendFile(_req, res, next) {
    res.set('cache-control', 'no-cache').sendFile(basename(path), options, (error) => {
      // A client that leaves meanwhile is no fault.
      if (error && !res.headersSent) next(error);
    });
  };
}
