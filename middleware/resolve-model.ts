import { defineMiddleware, type Exchange } from '../lib/chain/middleware.ts';
import type { Availability } from '../lib/models/availability.ts';
import { findModels } from '../lib/models/find.ts';
import type { ResolvedModel } from '../lib/providers/provider.ts';

/**
 * Puts the model on the exchange that is asked first, and those that stand by. Whoever has said that it cannot answer for
 * a while is left out; whoever could not be reached lately is asked last.
 * @throws OpenCompatError what the first of them said, when all have said so
 */
function choose(exchange: Exchange, candidates: readonly ResolvedModel[], availability: Availability): ResolvedModel {
  if (candidates.length === 1) return candidates[0]!;
  const ready = candidates.filter(({ provider }) => provider.readiness().isReady);
  const open = ready.filter((candidate) => !availability.blockedBy(candidate));
  const block = open.length === 0 && ready[0] ? availability.blockedBy(ready[0]) : undefined;
  if (block) throw block;
  const [model, ...others] = open.toSorted((a, b) => availability.doubtOf(a) - availability.doubtOf(b));
  exchange.fallbacks = others;
  return model ?? candidates[0]!;
}

/**
 * Finds who serves the model that the client named: provider prefixes, aliases, effort suffixes. Of an alias with a list,
 * the first that can answer now; the others stand by.
 */
export default defineMiddleware({
  name: 'resolve-model',
  after: ['validate'],
  create(_options, { config, providers, availability }) {
    function take(exchange: Exchange, candidates: readonly ResolvedModel[]): void {
      const model = choose(exchange, candidates, availability);
      exchange.model = model;
      const { request } = exchange;
      exchange.askedEffort = request.reasoning?.effort;
      // A suffix outweighs the client's own field; from here on there is one effort, and a plugin has the last word on it.
      if (model.effort) request.reasoning = { ...request.reasoning, effort: model.effort };
    }

    return function resolve(req, _res, next) {
      const { exchange } = req;
      const { model, draws } = exchange.request;
      const candidates = findModels(model, providers, config.aliases, draws);
      if (!(candidates instanceof Promise)) {
        take(exchange, candidates);
        return next();
      }
      return candidates.then((found) => {
        take(exchange, found);
        next();
      });
    };
  },
});
