/** The paths that plugins serve themselves, each behind the guard of its choice. */
import type { Handler } from '../lib/chain/middleware.ts';
import type { PlacedRoute, RouteGuard } from '../lib/chain/plugin-routes.ts';
import { pagePolicy } from '../lib/page-policy.ts';
import { defineRoute, type Route, type RouteServices } from '../lib/server/route.ts';
import { enterAsConsole } from './console/place.ts';

/** What stands in the place of `client-auth`, if not that itself. */
const entries: Readonly<Record<RouteGuard, ((services: RouteServices) => Handler) | undefined>> = {
  admin: enterAsConsole,
  'client-key': undefined,
  none: () => (req, _res, next) => {
    req.exchange.clientId = req.exchange.clientName = req.ip ?? '';
    next();
  },
};

/** What a handler may change. */
const headers = {
  'content-security-policy': pagePolicy(),
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

function toRoute({ method, path, guard, handler, isFile }: PlacedRoute): Route {
  const createEntry = entries[guard];
  return defineRoute({
    method,
    path,
    through: method === 'post' ? 'parse-body' : 'rate-limit',
    ...(createEntry && { createEntry }),
    createHandler:
      ({ config }) =>
      (req, res, next) => {
        res.set(headers);
        // A client that does not read its file is left; a handler of the plugin's own may be silent for longer.
        if (isFile) res.socket?.setTimeout?.(config.upstreamIdleTimeout * 1000);
        return handler(req, res, next);
      },
  });
}

export default defineRoute({ method: 'use', path: '/plugins', fromPlugin: toRoute });
