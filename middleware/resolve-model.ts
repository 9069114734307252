import { defineMiddleware, type Exchange } from '../lib/chain/middleware.ts';
import type { Logger } from '../lib/log.ts';
import { findAllowedModels } from '../lib/models/allowed.ts';
import type { Availability } from '../lib/models/availability.ts';
import type { ResolvedModel } from '../lib/providers/provider.ts';
import type { Reserves } from '../lib/quota/reserves.ts';
import { labelOf } from '../lib/quota/window-label.ts';

/**
 * Puts the model that is asked first on the exchange, and its fallbacks. Models that cannot answer for a while are left out;
 * providers that could not be reached lately come last, and those whose quota is spared.
 * @throws OpenCompatError the first model's refusal, when none can answer
 */
function choose(
  exchange: Exchange,
  candidates: readonly ResolvedModel[],
  { availability, reserves }: { availability: Availability; reserves: Reserves },
): ResolvedModel {
  if (candidates.length === 1) {
    const refusal = reserves.refusalOf(candidates[0]!);
    if (refusal) throw refusal;
    return candidates[0]!;
  }
  const ready = candidates.filter(({ provider }) => provider.readiness().isReady);
  const open = ready.filter((candidate) => !availability.blockedBy(candidate));
  const block = open.length === 0 && ready[0] ? availability.blockedBy(ready[0]) : undefined;
  if (block) throw block;
  const [model, ...others] = open.toSorted((a, b) => availability.doubtOf(a) - availability.doubtOf(b));
  exchange.fallbacks = others;
  return model ?? candidates[0]!;
}

/** Says in the log that another model answers than would, or with less effort, for the sake of a quota. */
function tellSparing(exchange: Exchange, first: ResolvedModel, chosen: ResolvedModel, reserves: Reserves): void {
  const isTurned = chosen.provider !== first.provider && reserves.yields(first);
  const reached = isTurned || chosen.isEffortLowered ? reserves.reachedBy(first.provider) : undefined;
  if (!reached) return;
  exchange.log.info(isTurned ? 'another model spares a quota' : 'a lower effort spares a quota', {
    model: first.requested,
    spared: first.provider.name,
    window: labelOf(reached.window),
    used_percent: reached.window.usedPercent,
    ...(isTurned ? { next: `${chosen.provider.name}/${chosen.id}` } : { effort: chosen.effort }),
  });
}

/** Most names for which the log tells what stands in. */
const maxTold = 100;

/** Tells each stand-in once. */
function tellStandIn({ requested, provider, id }: ResolvedModel, told: Set<string>, log: Logger): void {
  if (told.has(requested) || told.size >= maxTold) return;
  told.add(requested);
  log.warn('nobody lists a model that a client names; another one answers (an alias or `modelStandIns` changes that)', {
    model: requested,
    standIn: `${provider.name}/${id}`,
  });
}

/**
 * Finds the provider of the model that the client named: provider prefixes, aliases, effort suffixes. Of an alias with a list,
 * the first that can answer now; the others are its fallbacks.
 */
export default defineMiddleware({
  name: 'resolve-model',
  after: ['validate'],
  create(_options, { config, providers, availability, reserves, log, lasting }) {
    const told = lasting.open('told stand-ins', {}, () => new Set<string>());

    function take(exchange: Exchange, found: readonly ResolvedModel[]): void {
      const { request } = exchange;
      const askedEffort = request.reasoning?.effort;
      exchange.askedEffort = askedEffort;
      // A body that only goes through unchanged keeps its effort.
      const effort = askedEffort ?? config.reasoningEffort;
      const candidates = exchange.fault ? found : found.map((model) => reserves.spare(model, effort));
      const model = choose(exchange, candidates, { availability, reserves });
      exchange.model = model;
      exchange.timings.resolvedMs = performance.now();
      if (model.isStandIn) tellStandIn(model, told, log);
      tellSparing(exchange, found[0]!, model, reserves);
      // A suffix outweighs the client's own field. From here on there is one effort, which plugins may change.
      if (model.effort) request.reasoning = { ...request.reasoning, effort: model.effort };
    }

    async function takeLater(
      exchange: Exchange,
      found: readonly ResolvedModel[] | Promise<readonly ResolvedModel[]>,
    ): Promise<void> {
      const candidates = await found;
      await reserves.learn(candidates);
      take(exchange, candidates);
    }

    return function resolve(req, _res, next) {
      const { exchange } = req;
      const { model, draws } = exchange.request;
      const found = findAllowedModels(model, providers, config, exchange.clientKey?.models, draws);
      const isKnown = !(found instanceof Promise) && !reserves.isShared;
      if (!isKnown) return takeLater(exchange, found).then(() => next());
      take(exchange, found);
      next();
    };
  },
});
