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
 * Keeps other sites' pages out, also from a server without keys: a name that is not ours in Host is DNS rebinding, an
 * origin that is not allowed in Origin is a drive-by request of a page in the operator's own browser. A page that the
 * server's own name served (Origin equals Host) is not another site.
 */
export default defineMiddleware({
  name: 'host-guard',
  before: ['cors'],
  create(_options, { config }) {
    const isAllowedHost = createHostCheck([...config.allowedHosts, config.host]);
    const isAllowedOrigin = createOriginCheck(config.allowedOrigins);
    // Beyond loopback the server has names it cannot know; there only a configured list restricts them.
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
      // Browsers name no origin with what a page merely embeds (`<img>`, `<script>`), but say that it is another site's.
      if (origin === undefined && site === 'cross-site' && !acceptsAnyOrigin) {
        throw new OpenCompatError('OC_ORIGIN_NOT_ALLOWED', { origin: 'another site' });
      }
      next();
    };
  },
});
