import { defineMiddleware } from '../lib/middleware.ts';
import { resolveModel } from '../lib/models.ts';

/** Finds who serves the model that the client named: provider prefixes, aliases, effort suffixes. */
export default defineMiddleware({
  name: 'resolve-model',
  after: ['validate'],
  create(_options, { config, providers }) {
    return function resolve(req, _res, next) {
      const { exchange } = req;
      const { request } = exchange;
      const model = resolveModel(request.model, providers, config.aliases);
      exchange.model = model;
      // A suffix outweighs the client's own field; from here on there is one effort, and a plugin has the last word on it.
      if (model.effort) request.reasoning = { ...request.reasoning, effort: model.effort };
      next();
    };
  },
});
