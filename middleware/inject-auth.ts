import { authorizeExchange } from '../lib/chain/attempt.ts';
import { defineMiddleware } from '../lib/chain/middleware.ts';

/** Puts the provider's credentials into the upstream request, and renews them when the upstream refuses them. */
export default defineMiddleware({
  name: 'inject-auth',
  after: ['rewrite-request'],
  // A token refresh has its own time limits.
  mayWait: true,
  create(_options, { availability }) {
    return async function injectAuth(req, _res, next) {
      const { exchange } = req;
      exchange.authorize = async (isRenewal, upstream = exchange.upstream) => {
        const { provider } = exchange.model;
        const { headers } = upstream;
        if (!provider.authorize || exchange.givenAnswer !== undefined) return false;
        return provider.authorize(headers, isRenewal ? { ...headers } : undefined, upstream);
      };
      await authorizeExchange(exchange, availability);
      next();
    };
  },
});
