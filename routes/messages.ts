import { messages, messageTokens } from '../lib/apis/messages/index.ts';
import { countInputTokens } from '../lib/canonical/tokens.ts';
import { defineRoute } from '../lib/server/route.ts';

/** Anthropic Messages. */
export const createMessage = defineRoute({ method: 'post', path: '/v1/messages', api: messages });

/** How many tokens a request has: counted here, so that it costs nothing and needs no provider. */
export const countTokens = defineRoute({
  method: 'post',
  path: '/v1/messages/count_tokens',
  api: messageTokens,
  through: 'validate',
  createHandler() {
    return async function countMessageTokens(req, res) {
      const { exchange } = req;
      res.set(messageTokens.answerHeaders?.(exchange.id) ?? {});
      res.json({ input_tokens: await countInputTokens(exchange.request) });
    };
  },
});
