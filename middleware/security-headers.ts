import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import { defineMiddleware } from '../lib/chain/middleware.ts';

/**
 * helmet, set for an API: no answer is a page, so nothing may be loaded, framed or sniffed. HSTS belongs to the proxy that
 * terminates TLS. `cors` decides on other origins, so Cross-Origin-Resource-Policy allows all.
 */
const setHeaders = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  crossOriginResourcePolicy: { policy: 'cross-origin' },
  strictTransportSecurity: false,
});

/** What helmet sets, which is the same for every answer: asking it each time would take 14 function calls. */
function headersOfHelmet(): Map<string, string> {
  const headers = new Map<string, string>();
  const recorder = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: (name: string) => headers.delete(name),
  };
  setHeaders({} as IncomingMessage, recorder as unknown as ServerResponse, (error) => {
    if (error) throw error;
  });
  return headers;
}

/** `X-Powered-By`, which helmet removes, is switched off in the application. */
export default defineMiddleware({
  name: 'security-headers',
  create() {
    const headers = headersOfHelmet();
    return function securityHeaders(_req, res, next) {
      res.setHeaders(headers);
      next();
    };
  },
});
