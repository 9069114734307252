import { readAnswer } from '../lib/answer-reader.ts';
import { BodySink, type ClosableSink, StreamSink } from '../lib/answer-sink.ts';
import type { AnswerContext } from '../lib/apis/api.ts';
import type { CanonicalUsage } from '../lib/canonical.ts';
import {
  defineMiddleware,
  type EventTransform,
  type Exchange,
  type Request,
  type Response,
} from '../lib/middleware.ts';
import { createStopTransform } from '../lib/transforms/stop-sequences.ts';
import { createTokenLimitTransform } from '../lib/transforms/token-limit.ts';

/** An SSE comment of one line with ONE newline: some SDK releases raise on a block without data. */
const keepaliveComment = ': ping\n';

function addUsage(sum: CanonicalUsage | undefined, usage: CanonicalUsage): CanonicalUsage {
  if (!sum) return usage;
  return {
    input_tokens: sum.input_tokens + usage.input_tokens,
    input_tokens_details: {
      ...usage.input_tokens_details,
      cached_tokens: (sum.input_tokens_details?.cached_tokens ?? 0) + (usage.input_tokens_details?.cached_tokens ?? 0),
    },
    output_tokens: sum.output_tokens + usage.output_tokens,
    output_tokens_details: {
      reasoning_tokens:
        (sum.output_tokens_details?.reasoning_tokens ?? 0) + (usage.output_tokens_details?.reasoning_tokens ?? 0),
    },
    total_tokens: sum.total_tokens + usage.total_tokens,
  };
}

/** What the backends have no word for is done here, on what the model said, before any plugin sees it. */
function builtInTransforms({ request, upstream }: Exchange): EventTransform[] {
  const transforms: EventTransform[] = [];
  const { restoreEvent } = upstream;
  if (restoreEvent) transforms.push((event, emit) => emit(restoreEvent(event)));
  if (request.stop?.length) transforms.push(createStopTransform(request.stop, request));
  if (request.max_output_tokens) transforms.push(createTokenLimitTransform(request.max_output_tokens, request));
  return transforms;
}

/** Turns the upstream's events into the client's answer: emulations, the plugins' transforms, the client API's encoder. */
export default defineMiddleware({
  name: 'rewrite-response',
  after: ['inject-auth'],
  create(_options, { config }) {
    const defaults = { reasoningCompat: config.reasoningCompat };

    function writeHeaders({ timings, ignored }: Exchange, res: Response): void {
      const nowMs = performance.now();
      timings.firstByteMs = nowMs;
      const waitedMs = (timings.upstreamFirstMs ?? nowMs) - (timings.upstreamSentMs ?? nowMs);
      const elapsedMs = nowMs - timings.receivedMs;
      res.setHeader('openai-processing-ms', String(Math.round(elapsedMs)));
      res.setHeader('openai-version', '2020-10-01');
      res.setHeader('x-opencompat-overhead-ms', (elapsedMs - waitedMs).toFixed(2));
      if (ignored.size > 0) res.setHeader('x-opencompat-ignored', [...ignored].join(', '));
    }

    function openSink(req: Request, res: Response): ClosableSink {
      const { exchange } = req;
      const { api, body } = exchange;
      if (!api) throw new TypeError('rewrite-response belongs to the chain of an API');
      const context: AnswerContext = {
        id: exchange.id,
        createdS: Math.floor(Date.now() / 1000),
        model: exchange.model.requested,
        request: exchange.request,
        headers: req.headers,
        defaults,
        ignore: (param) => exchange.ignore(param),
      };
      const onHead = () => writeHeaders(exchange, res);
      if (!exchange.isStreaming)
        return new BodySink(res, api.createAnswerEncoder(body, context), onHead, config.maxAnswerBytes);
      return new StreamSink(res, {
        encoder: api.createStreamEncoder(body, context),
        contentType: api.streamType,
        onHead,
        keepaliveMs: config.keepaliveInterval * 1000,
        keepalive: keepaliveComment,
      });
    }

    return function rewriteResponse(req, res, next) {
      const { exchange } = req;
      const { provider } = exchange.model;
      const sink = openSink(req, res);
      let openChoices = exchange.request.choices ?? 1;

      exchange.handleAnswer = async (answer, choice) => {
        exchange.quota = provider.readQuota?.(answer.headers) ?? exchange.quota;
        await readAnswer(answer, choice, {
          sink,
          transforms: [...builtInTransforms(exchange), ...exchange.transforms],
          onVendorEvent: (event) => {
            exchange.quota = provider.readVendorEvent?.(event) ?? exchange.quota;
          },
          onFirstEvent: () => {
            exchange.timings.upstreamFirstMs ??= performance.now();
          },
          providerTitle: provider.title,
          idleTimeoutMs: config.upstreamIdleTimeout * 1000,
          maxEventBytes: config.maxEventBytes,
          signal: exchange.signal,
          onComplete({ usage }) {
            exchange.timings.upstreamEndMs = performance.now();
            if (usage) exchange.usage = addUsage(exchange.usage, usage);
            openChoices -= 1;
            if (openChoices === 0) sink.finish();
          },
        });
      };
      next();
    };
  },
});
