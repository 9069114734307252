import helmet from 'helmet';
import { defineMiddleware } from '../lib/chain/middleware.ts';

/**
 * helmet, set for an API: nothing here is a page, so nothing may be loaded, framed or sniffed. HSTS is for whoever
 * terminates TLS to say. Browsers of other origins are the business of `cors`, not of Cross-Origin-Resource-Policy.
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
