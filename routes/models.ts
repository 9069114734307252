import { OpenCompatError } from '../lib/errors.ts';
import { listModels, resolveModel } from '../lib/models.ts';
import type { ModelInfo, Provider } from '../lib/providers/provider.ts';
import { defineRoute } from '../lib/route.ts';

/** A model as OpenAI's Models API shows it, with what else is known of it. */
function toModelObject(id: string, info: ModelInfo): object {
  return {
    id,
    object: 'model',
    created: info.createdS,
    owned_by: info.ownedBy,
    ...(info.displayName && { display_name: info.displayName }),
    ...(info.contextWindow && { context_window: info.contextWindow }),
    ...(info.efforts.length > 0 && { reasoning_efforts: info.efforts }),
  };
}

const readyOf = (providers: readonly Provider[]) => providers.filter((provider) => provider.readiness().isReady);

/** The models of every provider that can answer. */
export const modelList = defineRoute({
  method: 'get',
  path: '/v1/models',
  through: 'rate-limit',
  createHandler({ providers }) {
    return function listAllModels(_req, res) {
      res.json({ object: 'list', data: listModels(readyOf(providers)).map(({ id, info }) => toModelObject(id, info)) });
    };
  },
});

/** One model, by any name that a request may give it. */
export const modelDetail = defineRoute({
  method: 'get',
  path: '/v1/models/*id',
  through: 'rate-limit',
  createHandler({ config, providers }) {
    return function showModel(req, res) {
      const name = ([] as string[]).concat(req.params.id ?? []).join('/');
      const { provider, info } = resolveModel(name, providers, config.aliases);
      if (!provider.readiness().isReady) throw new OpenCompatError('OC_MODEL_NOT_FOUND', { model: name });
      res.json(toModelObject(name, info));
    };
  },
});
