/** Models as pages show them: lists, and facts about one. */
import { OpenCompatError } from '../errors.ts';
import type { ModelInfo, Provider } from '../providers/provider.ts';
import { settleWithin } from '../settle-within.ts';
import { type Allowed, findAllowedModels, isListed } from './allowed.ts';
import { lookForMissing, retryAfterS, waitLimitMs } from './find.ts';
import { type Aliases, type ListedModel, listModels, type NameRules } from './resolve.ts';

/**
 * The models of the providers that can answer now, and the aliases of those, as far as the client may name them. Waits as
 * `findModels` does.
 */
export async function listReadyModels(
  providers: readonly Provider[],
  aliases: Aliases,
  allowed: Allowed,
): Promise<ListedModel[]> {
  await settleWithin(lookForMissing(providers), waitLimitMs);
  const ready = providers.filter((provider) => provider.readiness().isReady);
  return listModels(ready, aliases).filter((model) => isListed(model, allowed));
}

/**
 * The first model of a name, for a page about it.
 * @throws OpenCompatError OC_MODEL_NOT_FOUND also where its provider cannot answer now, OC_MODELS_UNKNOWN if no provider can
 *   tell
 */
export async function findReadyModel(
  name: string,
  providers: readonly Provider[],
  rules: NameRules,
  allowed: Allowed,
): Promise<{ provider: Provider; id: string; info: ModelInfo }> {
  const [model] = await findAllowedModels(name, providers, rules, allowed);
  const { provider, isUnlisted } = model!;
  if (isUnlisted) throw new OpenCompatError('OC_MODELS_UNKNOWN', { provider: provider.title }, { retryAfterS });
  if (!provider.readiness().isReady) throw new OpenCompatError('OC_MODEL_NOT_FOUND', { model: name });
  return model!;
}
