import { defineMiddleware } from '../lib/middleware.ts';
import { resolveDrawingModels, resolveModels } from '../lib/models.ts';

/**
 * Finds who serves the model that the client named: provider prefixes, aliases, effort suffixes. Of an alias with a list,
 * the first that can answer now; the others stand by.
 */
export default defineMiddleware({
  name: 'resolve-model',
  after: ['validate'],
  create(_options, { config, providers, availability }) {
    return function resolveModel(req, _res, next) {
      const { exchange } = req;
      const { request } = exchange;
      const resolve = request.draws ? resolveDrawingModels : resolveModels;
      const candidates = resolve(request.model, providers, config.aliases);
      let [model] = candidates;
      if (candidates.length > 1) {
        const ready = candidates.filter(({ provider }) => provider.readiness().isReady);
        const open = ready.filter((candidate) => !availability.blockedBy(candidate));
        const block = open.length === 0 && ready[0] ? availability.blockedBy(ready[0]) : undefined;
        if (block) throw block;
        model = open[0] ?? model;
        exchange.fallbacks = open.slice(1);
      }
      exchange.model = model!;
      // A suffix outweighs the client's own field; from here on there is one effort, and a plugin has the last word on it.
      if (model?.effort) request.reasoning = { ...request.reasoning, effort: model.effort };
      next();
    };
  },
});
