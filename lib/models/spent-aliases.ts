import type { OpenCompatError } from '../errors.ts';
import type { Provider, ResolvedModel } from '../providers/provider.ts';
import type { Availability } from './availability.ts';
import { type Aliases, resolveModels } from './resolve.ts';

/**
 * The aliases of which no model can be asked now, since each has said so, with what the first of them said. Aliases with `*`
 * stand for no name of their own, and what leads nowhere is said at start.
 */
export function findSpentAliases(
  aliases: Aliases,
  providers: readonly Provider[],
  availability: Availability,
): Map<string, OpenCompatError> {
  const spent = new Map<string, OpenCompatError>();
  for (const alias of Object.keys(aliases)) {
    const models = alias.includes('*') ? [] : modelsOf(alias, providers, aliases);
    const ready = models.filter(({ provider }) => provider.readiness().isReady);
    const blocks = ready.map((model) => availability.blockedBy(model));
    if (blocks[0] && blocks.every((block) => block !== undefined)) spent.set(alias, blocks[0]);
  }
  return spent;
}

function modelsOf(alias: string, providers: readonly Provider[], aliases: Aliases): ResolvedModel[] {
  try {
    return resolveModels(alias, providers, { aliases, modelStandIns: false });
  } catch {
    return [];
  }
}
