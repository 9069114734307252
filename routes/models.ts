import { findReadyModel, listReadyModels } from '../lib/models.ts';
import type { ModelInfo } from '../lib/providers/provider.ts';
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

/** The models of every provider that can answer. */
export const modelList = defineRoute({
  method: 'get',
  path: '/v1/models',
  through: 'rate-limit',
  createHandler({ providers }) {
    return function listAllModels(_req, res) {
      res.json({ object: 'list', data: listReadyModels(providers).map(({ id, info }) => toModelObject(id, info)) });
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
      res.json(toModelObject(name, findReadyModel(name, providers, config.aliases).info));
    };
  },
});
