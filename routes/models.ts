import { messages } from '../lib/apis/messages/index.ts';
import { toModelObject as toAnthropicModel, toModelPage } from '../lib/apis/messages/models.ts';
import type { Request, Response } from '../lib/chain/middleware.ts';
import { findReadyModel, listReadyModels } from '../lib/models/pages.ts';
import type { ModelInfo } from '../lib/providers/provider.ts';
import { defineRoute } from '../lib/server/route.ts';

/** A model as OpenAI's Models API shows it, with further known facts. */
function toModelObject(id: string, info: ModelInfo): object {
  return {
    id,
    object: 'model',
    created: info.createdS,
    owned_by: info.ownedBy,
    ...(info.displayName && { display_name: info.displayName }),
    ...(info.contextWindow && { context_window: info.contextWindow }),
    ...(info.retiresAtS && { shutdown_date: toDate(info.retiresAtS) }),
    ...(info.efforts.length > 0 && { reasoning_efforts: info.efforts }),
  };
}

function toDate(epochS: number): string {
  return new Date(epochS * 1000).toISOString().slice(0, 10);
}

/** Anthropic's clients ask the same paths, and want other answers. */
function isForAnthropic({ headers, exchange }: Request, res: Response): boolean {
  if (!messages.isSpokenBy?.(headers)) return false;
  res.set(messages.answerHeaders?.(exchange.id) ?? {});
  return true;
}

/** The models of every provider that can answer, and the aliases of those. */
export const modelList = defineRoute({
  method: 'get',
  path: '/v1/models',
  through: 'rate-limit',
  createHandler({ config, providers }) {
    return async function listAllModels(req, res) {
      const models = await listReadyModels(providers, config.aliases, req.exchange.clientKey?.models);
      if (isForAnthropic(req, res)) {
        const facts = models.map(({ id, info }) => ({ ...info, id }));
        res.json(toModelPage(facts, req.query, Date.now() / 1000));
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
    return async function showModel(req, res) {
      const name = ([] as string[]).concat(req.params.id ?? []).join('/');
      const { info } = await findReadyModel(name, providers, config, req.exchange.clientKey?.models);
      res.json(
        isForAnthropic(req, res)
          ? toAnthropicModel({ ...info, id: name }, Date.now() / 1000)
          : toModelObject(name, info),
      );
    };
  },
});
