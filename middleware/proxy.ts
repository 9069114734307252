import { answerChoices } from '../lib/answer/choices-in-turn.ts';
import { answerInside } from '../lib/answer/local-answer.ts';
import { readErrorBody } from '../lib/answer/refusal-text.ts';
import type { UpstreamSender } from '../lib/answer/upstream-sender.ts';
import { countChoices, isOfFirstInput } from '../lib/canonical/choices.ts';
import { buildContextOf } from '../lib/chain/build-context.ts';
import { turnToFallback } from '../lib/chain/fallback.ts';
import { defineMiddleware, type Exchange } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../lib/providers/provider.ts';

/** How often a request is changed after a refusal (see `Provider.amendRequest`). */
const maxAmendments = 2;

function isSuccess({ statusCode = 0 }: UpstreamAnswer): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/**
 * Sends the upstream request through http-proxy-middleware (once for each choice) and gives the answer to what
 * `exchange.openAnswer` returns. Before the first byte it repeats what can be repeated: after renewed credentials, with the
 * request amended as the provider knows its backend, or with the next model of an alias. Never after it.
 */
export default defineMiddleware({
  name: 'proxy',
  after: ['rewrite-response'],
  // Connect and idle time limits are its own.
  mayWait: true,
  create(_options, { config, availability, onListening, onClose }) {
    const idleTimeoutMs = config.upstreamIdleTimeout * 1000;
    let opening: Promise<UpstreamSender> | undefined;
    /** http-proxy-middleware is loaded behind the start, not in it. */
    function openSender(): Promise<UpstreamSender> {
      opening ??= import('../lib/answer/upstream-sender.ts').then(({ createUpstreamSender }) =>
        createUpstreamSender({
          connectTimeoutMs: config.upstreamConnectTimeout * 1000,
          idleTimeoutMs,
        }),
      );
      return opening;
    }
    onListening(async () => {
      await openSender();
    });

    onClose(async () => (await opening)?.close());

    async function send(exchange: Exchange, upstream: UpstreamRequest): Promise<UpstreamAnswer> {
      exchange.timings.upstreamSentMs ??= performance.now();
      const answer =
        answerInside(exchange, upstream) ??
        (await (await openSender()).send(upstream, exchange.model.provider.title, exchange.signal));
      exchange.timings.upstreamHeadMs ??= performance.now();
      return answer;
    }

    async function buildUpstream(exchange: Exchange, choice: number): Promise<UpstreamRequest> {
      const upstream = exchange.buildUpstream(choice);
      await exchange.authorize(false, upstream);
      return upstream;
    }

    async function openAnswer(exchange: Exchange, choice: number): Promise<UpstreamAnswer> {
      const { model } = exchange;
      const { provider } = model;
      let upstream = isOfFirstInput(exchange.request, choice)
        ? exchange.upstream
        : await buildUpstream(exchange, choice);
      let isRenewed = false;
      for (let amendments = 0; ; ) {
        const answer = await send(exchange, upstream);
        if (isSuccess(answer)) {
          availability.noteAnswer(model);
          return answer;
        }
        const limitMs = upstream.idleTimeoutMs ?? idleTimeoutMs;
        const body = await readErrorBody(answer, limitMs, exchange.signal);
        if (answer.statusCode === 401 && !isRenewed) {
          isRenewed = true;
          if (await exchange.authorize(true, upstream)) continue;
        }
        const error = provider.toError(answer.statusCode ?? 0, answer.headers, body);
        if (amendments++ >= maxAmendments) throw error;
        const amended = provider.amendRequest?.(exchange.request, error, buildContextOf(exchange));
        if (!amended) throw error;
        exchange.request = amended;
        upstream = await buildUpstream(exchange, choice);
      }
    }

    /** Sends the request to the exchange's model, once for each choice, and hands the answers on. */
    function answer(exchange: Exchange): Promise<void> {
      return answerChoices({
        count: exchange.upstream.isPassThrough ? 1 : countChoices(exchange.request),
        atOnce: config.maxChoices,
        open: (choice) => openAnswer(exchange, choice),
        begin: () => exchange.openAnswer(),
        onAllOpen() {
          if (exchange.fallbacks.length === 0) exchange.releaseRequest();
        },
      });
    }

    return async function proxy(req, res) {
      const { exchange } = req;
      for (;;) {
        try {
          await answer(exchange);
          return;
        } catch (error) {
          if (!res.headersSent && (await turnElsewhere(exchange, error))) continue;
          // One failed choice fails the answer: the others must not go on spending quota.
          exchange.abort(error);
          throw error instanceof Error ? error : new OpenCompatError('OC_INTERNAL', {}, { cause: error });
        }
      }
    };

    async function turnElsewhere(exchange: Exchange, error: unknown): Promise<boolean> {
      let failure = error;
      while (turnToFallback(exchange, failure, availability)) {
        try {
          await exchange.authorize(false);
          return true;
        } catch (next) {
          failure = next;
        }
      }
      return false;
    }
  },
});
