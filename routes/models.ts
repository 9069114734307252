import { messages } from '../lib/apis/messages/index.ts';
import { toModelObject as toAnthropicModel, toModelPage } from '../lib/apis/messages/models.ts';
import { OpenCompatError } from '../lib/errors.ts';
import type { Request } from '../lib/middleware.ts';
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

/** Anthropic's clients ask the same paths, and want other answers. */
const isForAnthropic = ({ headers }: Pick<Request, 'headers'>) => messages.isSpokenBy?.(headers) ?? false;

/** The models of every provider that can answer. */
export const modelList = defineRoute({
  method: 'get',
  path: '/v1/models',
  through: 'rate-limit',
  createHandler({ providers }) {
    return function listAllModels(req, res) {
      const models = listModels(readyOf(providers));
      if (isForAnthropic(req)) {
        const facts = models.map(({ id, info }) => ({ ...info, id }));
        res.json(toModelPage(facts, req.query));
      } else {
        res.json({ object: 'list', data: models.map(({ id, info }) => toModelObject(id, info)) });
      }
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
      res.json(isForAnthropic(req) ? toAnthropicModel({ ...info, id: name }) : toModelObject(name, info));
    };
  },
});
