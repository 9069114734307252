import { defineMiddleware, type Exchange } from '../lib/chain/middleware.ts';
import { findAllowedModels } from '../lib/models/allowed.ts';
import type { Availability } from '../lib/models/availability.ts';
import type { ResolvedModel } from '../lib/providers/provider.ts';

/**
 * Puts the model that is asked first on the exchange, and its fallbacks. Models that cannot answer for a while are left out;
 * providers that could not be reached lately come last.
 * @throws OpenCompatError the first model's refusal, when none can answer
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

/** Most names for which the log tells what stands in. */
const maxTold = 100;

/**
 * Finds the provider of the model that the client named: provider prefixes, aliases, effort suffixes. Of an alias with a list,
 * the first that can answer now; the others are its fallbacks.
 */
export default defineMiddleware({
  name: 'resolve-model',
  after: ['validate'],
  create(_options, { config, providers, availability, log, lasting }) {
    const told = lasting.open('told stand-ins', {}, () => new Set<string>());

    function tell({ requested, provider, id }: ResolvedModel): void {
      if (told.has(requested) || told.size >= maxTold) return;
      told.add(requested);
      const standIn = `${provider.name}/${id}`;
      log.warn(
        'nobody lists a model that a client names; another one answers (an alias or `modelStandIns` changes that)',
        {
          model: requested,
          standIn,
        },
      );
    }

    function take(exchange: Exchange, candidates: readonly ResolvedModel[]): void {
      const model = choose(exchange, candidates, availability);
      exchange.model = model;
      if (model.isStandIn) tell(model);
      const { request } = exchange;
      exchange.askedEffort = request.reasoning?.effort;
      // A suffix outweighs the client's own field. From here on there is one effort, which plugins may change.
      if (model.effort) request.reasoning = { ...request.reasoning, effort: model.effort };
    }

    return function resolve(req, _res, next) {
      const { exchange } = req;
      const { model, draws } = exchange.request;
      const candidates = findAllowedModels(model, providers, config, exchange.clientKey?.models, draws);
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
