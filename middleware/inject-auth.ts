import { defineMiddleware } from '../lib/middleware.ts';

/** Puts the provider's credentials into the upstream request, and renews them when the upstream refuses them. */
export default defineMiddleware({
  name: 'inject-auth',
  after: ['rewrite-request'],
  // A token refresh has time limits of its own.
  mayWait: true,
  create() {
    return async function injectAuth(req, _res, next) {
      const { exchange } = req;
      exchange.authorize = async (isRenewal) => {
        const { provider } = exchange.model;
        const { headers } = exchange.upstream;
        if (!provider.authorize) return false;
        return provider.authorize(headers, isRenewal ? { ...headers } : undefined);
      };
      await exchange.authorize(false);
      next();
    };
  },
});
