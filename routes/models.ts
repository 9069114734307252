import { OpenCompatError } from '../lib/errors.ts';
import { awaitModels, findModels, listModels } from '../lib/models.ts';
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

/** The models of every provider that can answer, and the aliases of those. */
export const modelList = defineRoute({
  method: 'get',
  path: '/v1/models',
  through: 'rate-limit',
  createHandler({ config, providers }) {
    return async function listAllModels(_req, res) {
      const ready = readyOf(providers);
      await awaitModels(ready);
      const models = listModels(ready, config.aliases);
      res.json({ object: 'list', data: models.map(({ id, info }) => toModelObject(id, info)) });
    };
  },
});

/** One model, by any name that a request may give it. */
export const modelDetail = defineRoute({
  method: 'get',
  path: '/v1/models/*id',
  through: 'rate-limit',
  createHandler({ config, providers }) {
    return async function showModel(req, res) {
      const name = ([] as string[]).concat(req.params.id ?? []).join('/');
      const [model] = await findModels(name, providers, config.aliases);
      const { provider, info } = model!;
      if (!provider.readiness().isReady) throw new OpenCompatError('OC_MODEL_NOT_FOUND', { model: name });
      res.json(toModelObject(name, info));
    };
  },
});
