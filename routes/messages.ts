import { messages, messageTokens } from '../lib/apis/messages/index.ts';
import { countInputTokens } from '../lib/canonical/tokens.ts';
import type { Request } from '../lib/chain/middleware.ts';
import { toRawRequest } from '../lib/chain/raw-request.ts';
import { findAllowedModels } from '../lib/models/allowed.ts';
import { defineRoute } from '../lib/server/route.ts';
import { toAdmins } from './console/explained.ts';

/** Anthropic Messages. */
export const createMessage = defineRoute({
  method: 'post',
  path: '/v1/messages',
  api: messages,
  isResumable: true,
  explained: toAdmins,
});

/** Longest wait for an upstream's count, in milliseconds. */
const countWaitMs = 6_000;

/** How many tokens a request has: by its model's provider where that counts, else as counted here. Never an error of theirs. */
export const countTokens = defineRoute({
  method: 'post',
  path: '/v1/messages/count_tokens',
  api: messageTokens,
  through: 'validate',
  isSeenByPlugins: true,
  createHandler({ config, providers }) {
    /** Undefined where nobody else counts, or it fails. */
    async function askProvider({ exchange, headers }: Request): Promise<number | undefined> {
      // The body is not what a plugin may have made of the request.
      if (exchange.isRequestShared) return undefined;
      try {
        const { model: name } = exchange.request;
        const [model] = await findAllowedModels(name, providers, config, exchange.clientKey?.models);
        const signal = AbortSignal.any([exchange.signal, AbortSignal.timeout(countWaitMs)]);
        const raw = toRawRequest(messageTokens, exchange.body, headers);
        const tokens = await model?.provider.countTokens?.(raw, model, signal);
        return Number.isSafeInteger(tokens) && tokens! >= 0 ? tokens : undefined;
      } catch (error) {
        exchange.log.debug('tokens are counted here, as the upstream did not', { error });
        return undefined;
      }
    }

    return async function countMessageTokens(req, res) {
      const { exchange } = req;
      const tokens = (await askProvider(req)) ?? (await countInputTokens(exchange.request));
      res.set(messageTokens.answerHeaders?.(exchange.id) ?? {});
      res.json({ input_tokens: tokens });
    };
  },
});
