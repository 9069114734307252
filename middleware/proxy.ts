import type { UpstreamSender } from '../lib/answer/upstream-sender.ts';
import { type AttemptServices, answerExchange } from '../lib/chain/attempt.ts';
import { defineMiddleware } from '../lib/chain/middleware.ts';

/**
 * Sends the upstream request, once for each choice, and gives the answers to `exchange.openAnswer()`: through
 * http-proxy-middleware where the client's own API is passed on, else with undici. lib/chain/attempt.ts has all retries.
 */
export default defineMiddleware({
  name: 'proxy',
  after: ['rewrite-response'],
  // It has its own time limits for connecting and for silence.
  mayWait: true,
  create(_options, { config, availability, quotas, lasting, onListening }) {
    const idleTimeoutMs = config.upstreamIdleTimeout * 1000;
    const limits = {
      connectTimeoutMs: config.upstreamConnectTimeout * 1000,
      idleTimeoutMs,
      maxInterimAnswers: config.maxInterimAnswers,
    };
    let sender: Promise<UpstreamSender> | undefined;
    /** http-proxy-middleware is loaded after the start, so that the server listens sooner. */
    function openSender(): Promise<UpstreamSender> {
      sender ??= lasting.open('connections', limits, importSender, (opened) => opened.close());
      return sender;
    }
    async function importSender(): Promise<UpstreamSender> {
      const { createUpstreamSender } = await import('../lib/answer/upstream-sender.ts');
      return createUpstreamSender(limits);
    }
    onListening(async () => {
      await openSender();
    });

    const services: AttemptServices = {
      availability,
      quotas,
      idleTimeoutMs,
      maxChoices: config.maxChoices,
      send: async (request, title, signal) => (await openSender()).send(request, title, signal),
    };

    return function proxy(req, res) {
      return answerExchange(req.exchange, res, services);
    };
  },
});
