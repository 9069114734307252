import helmet from 'helmet';
import { defineMiddleware } from '../lib/chain/middleware.ts';

/**
 * helmet, set for an API: no answer is a page, so nothing may be loaded, framed or sniffed. HSTS belongs to the proxy that
 * terminates TLS. `cors` decides on other origins, so Cross-Origin-Resource-Policy allows all.
 */
export default defineMiddleware({
  name: 'security-headers',
  create() {
    return helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
      crossOriginResourcePolicy: { policy: 'cross-origin' },
      strictTransportSecurity: false,
    });
  },
});
