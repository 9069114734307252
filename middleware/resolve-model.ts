import { defineMiddleware } from '../lib/middleware.ts';
import { resolveModel } from '../lib/models.ts';

/** Finds who serves the model that the client named: provider prefixes, aliases, effort suffixes. */
export default defineMiddleware({
  name: 'resolve-model',
  after: ['validate'],
  create(_options, { config, providers }) {
    return function resolve(req, _res, next) {
      const { exchange } = req;
      exchange.model = resolveModel(exchange.request.model, providers, config.aliases);
      next();
    };
  },
});
