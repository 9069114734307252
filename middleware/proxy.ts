import { OpenCompatError } from '../lib/errors.ts';
import { turnToFallback } from '../lib/fallback.ts';
import { defineMiddleware, type Exchange } from '../lib/middleware.ts';
import type { UpstreamAnswer } from '../lib/providers/provider.ts';
import type { UpstreamSender } from '../lib/upstream.ts';

/** As much of an error answer as is looked at. */
const maxErrorBytes = 65_536;
/** How often a request is changed after a refusal (see `Provider.amendRequest`). */
const maxAmendments = 2;

async function readErrorBody(answer: UpstreamAnswer, limitMs: number, signal: AbortSignal): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  const letGo = () => answer.destroy();
  const timer = setTimeout(letGo, limitMs);
  signal.addEventListener('abort', letGo);
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      if (bytes >= maxErrorBytes) break;
    }
  } catch {
    // A broken-off error answer still has its status, and perhaps enough of its text.
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', letGo);
  }
  return Buffer.concat(parts).toString('utf8', 0, maxErrorBytes);
}

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
      opening ??= import('../lib/upstream.ts').then(({ createUpstreamSender }) =>
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

    async function send(exchange: Exchange): Promise<UpstreamAnswer> {
      const { provider } = exchange.model;
      exchange.timings.upstreamSentMs ??= performance.now();
      const answer = provider.answer
        ? provider.answer(exchange.upstream, exchange.signal)
        : await (await openSender()).send(exchange.upstream, provider.title, exchange.signal);
      exchange.timings.upstreamHeadMs ??= performance.now();
      return answer;
    }

    async function openAnswer(exchange: Exchange): Promise<UpstreamAnswer> {
      const { model, clientName, id, log } = exchange;
      const { provider } = model;
      const ignore = (param: string) => exchange.ignore(param);
      const context = { model, clientName, id, log, ignore, clientApi: exchange.api?.name };
      let isRenewed = false;
      for (let amendments = 0; ; ) {
        const answer = await send(exchange);
        if (isSuccess(answer)) return answer;
        const limitMs = exchange.upstream.idleTimeoutMs ?? idleTimeoutMs;
        const body = await readErrorBody(answer, limitMs, exchange.signal);
        if (answer.statusCode === 401 && !isRenewed) {
          isRenewed = true;
          if (await exchange.authorize(true)) continue;
        }
        const error = provider.toError(answer.statusCode ?? 0, answer.headers, body);
        const amended =
          amendments < maxAmendments ? provider.amendRequest?.(exchange.request, error, context) : undefined;
        if (!amended) throw error;
        amendments += 1;
        exchange.request = amended;
        exchange.buildUpstream();
        await exchange.authorize(false);
      }
    }

    /** Sends the request to the exchange's model, once for each choice, and hands the answers on. */
    async function answer(exchange: Exchange): Promise<void> {
      const { choices = 1 } = exchange.request;
      const count = exchange.upstream.isPassThrough ? 1 : choices;
      const answers: UpstreamAnswer[] = [];
      const open = async () => {
        answers.push(await openAnswer(exchange));
      };
      try {
        // The first choice finds out what the backend takes; the others repeat what it was given.
        await open();
        if (count > 1) await Promise.all(Array.from({ length: count - 1 }, open));
        const handled = Promise.all(answers.map(exchange.openAnswer()));
        if (exchange.fallbacks.length === 0) exchange.releaseRequest();
        await handled;
      } catch (error) {
        for (const answer of answers) answer.destroy();
        throw error;
      }
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
