import { defineMiddleware } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import {
  createHostCheck,
  createOriginCheck,
  hostnameOf,
  isLoopbackAddress,
  isLoopbackHostname,
} from '../lib/origins.ts';

/**
 * Keeps other sites' pages out, also of a server without keys: a foreign name in Host is DNS rebinding; a foreign origin in
 * Origin is a drive-by request from a page in the operator's own browser. A page served under the server's own name (Origin
 * equals Host) is allowed.
 */
export default defineMiddleware({
  name: 'host-guard',
  before: ['cors'],
  create(_options, { config }) {
    const isAllowedHost = createHostCheck([...config.allowedHosts, config.host]);
    const isAllowedOrigin = createOriginCheck(config.allowedOrigins);
    // Beyond loopback the server may have names that it does not know: only a configured list restricts them.
    const acceptsAnyHost =
      config.allowedHosts.includes('*') || (config.allowedHosts.length === 0 && !isLoopbackAddress(config.host));

    const acceptsAnyOrigin = config.allowedOrigins.includes('*');

    function isOwnName(hostname: string | undefined): boolean {
      if (acceptsAnyHost) return true;
      return hostname !== undefined && (isLoopbackHostname(hostname) || isAllowedHost(hostname));
    }

    return function hostGuard(req, _res, next) {
      const host = req.headers.host ?? '';
      if (!isOwnName(hostnameOf(host))) throw new OpenCompatError('OC_HOST_NOT_ALLOWED', { host });
      const { origin, 'sec-fetch-site': site } = req.headers;
      if (origin !== undefined && !isAllowedOrigin(origin) && origin !== `${req.protocol}://${host}`) {
        throw new OpenCompatError('OC_ORIGIN_NOT_ALLOWED', { origin });
      }
      // For what a page embeds (`<img>`, `<script>`), browsers send no Origin but mark the request as cross-site.
      if (origin === undefined && site === 'cross-site' && !acceptsAnyOrigin) {
        throw new OpenCompatError('OC_ORIGIN_NOT_ALLOWED', { origin: 'another site' });
      }
      next();
    };
  },
});
