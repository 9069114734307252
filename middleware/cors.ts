import { defineMiddleware } from '../lib/chain/middleware.ts';
import { createOriginCheck } from '../lib/origins.ts';

/** The headers of an answer that a page's script may read: those that the SDKs use. */
const exposedHeaders = [
  'x-request-id',
  'request-id',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'openai-processing-ms',
  'x-opencompat-ignored',
  'x-opencompat-model',
  'x-opencompat-resume',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
].join(', ');

/** CORS for pages of allowed origins (loopback pages, and `allowedOrigins`): preflights answered, answers readable. */
export default defineMiddleware({
  name: 'cors',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      maxAgeS: {
        type: 'integer',
        minimum: 0,
        default: 86_400,
        description: 'How long a preflight is valid, in seconds.',
      },
    },
  },
  create({ maxAgeS }, { config }) {
    const isAllowedOrigin = createOriginCheck(config.allowedOrigins);

    return function cors(req, res, next) {
      const { origin } = req.headers;
      res.vary('Origin');
      if (origin === undefined || !isAllowedOrigin(origin)) return next();
      res.setHeader('access-control-allow-origin', origin);
      res.setHeader('access-control-expose-headers', exposedHeaders);
      if (req.method !== 'OPTIONS' || !req.headers['access-control-request-method']) return next();
      // SDKs in browsers send headers of their own (x-stainless-*): every requested header is allowed.
      res.vary('Access-Control-Request-Headers');
      res.setHeader('access-control-allow-methods', 'GET, POST, DELETE, OPTIONS');
      res.setHeader('access-control-allow-headers', req.headers['access-control-request-headers'] ?? '');
      res.setHeader('access-control-max-age', String(maxAgeS));
      // Chromium asks this before a public page may reach a private address.
      if (req.headers['access-control-request-private-network'])
        res.setHeader('access-control-allow-private-network', 'true');
      res.status(204).end();
    };
  },
});
