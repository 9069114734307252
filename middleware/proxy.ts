import { OpenCompatError } from '../lib/errors.ts';
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
 * Sends the upstream request through http-proxy-middleware (once for each choice) and gives the answer to
 * `exchange.handleAnswer`. Before the first byte it repeats what can be repeated: after renewed credentials, or with the
 * request amended as the provider knows its backend. Never after it.
 */
export default defineMiddleware({
  name: 'proxy',
  after: ['rewrite-response'],
  // Connect and idle time limits are its own.
  mayWait: true,
  create(_options, { config, onListening, onClose }) {
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
      const context = { model, clientName, id, log, ignore: (param: string) => exchange.ignore(param) };
      let isRenewed = false;
      for (let amendments = 0; ; ) {
        const answer = await send(exchange);
        if (isSuccess(answer)) return answer;
        const body = await readErrorBody(answer, idleTimeoutMs, exchange.signal);
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

    return async function proxy(req) {
      const { exchange } = req;
      const { choices = 1 } = exchange.request;
      const answers: UpstreamAnswer[] = [];
      const open = async () => {
        answers.push(await openAnswer(exchange));
      };
      try {
        // The first choice finds out what the backend takes; the others repeat what it was given.
        await open();
        if (choices > 1) await Promise.all(Array.from({ length: choices - 1 }, open));
        const handled = Promise.all(answers.map((answer, choice) => exchange.handleAnswer(answer, choice)));
        exchange.releaseRequest();
        await handled;
      } catch (error) {
        // One failed choice fails the answer: the others must not go on spending quota.
        exchange.abort(error);
        for (const answer of answers) answer.destroy();
        throw error instanceof Error ? error : new OpenCompatError('OC_INTERNAL', {}, { cause: error });
      }
    };
  },
});
