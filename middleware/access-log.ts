import { defineMiddleware, type Exchange, type Request, type Response } from '../lib/chain/middleware.ts';

const durationBuckets = [0.05, 0.25, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Milliseconds with a tenth. */
function round(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}

/** Time spent in this server, without the wait for the upstream. */
function overheadMs({ timings }: Exchange, endMs: number): number {
  const { receivedMs, upstreamSentMs, upstreamFirstMs, firstByteMs, upstreamEndMs } = timings;
  if (upstreamSentMs === undefined) return endMs - receivedMs;
  const before = upstreamSentMs - receivedMs;
  const first =
    upstreamFirstMs !== undefined && firstByteMs !== undefined ? Math.max(0, firstByteMs - upstreamFirstMs) : 0;
  const after = upstreamEndMs !== undefined ? Math.max(0, endMs - upstreamEndMs) : 0;
  return before + first + after;
}

/** The model as the client named it, found or not; undefined if it holds spaces, which could fake further fields. */
function askedModel({ resolvedModel, error }: Exchange): string | undefined {
  const name = resolvedModel?.requested ?? error?.public.details?.model;
  return typeof name === 'string' && /^[^\s\p{C}]+$/u.test(name) ? name : undefined;
}

/** One line for each request when it has ended: who, what, how long, how much. Never content, never a secret. */
export default defineMiddleware({
  name: 'access-log',
  after: ['request-id'],
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      quiet: {
        type: 'array',
        items: { type: 'string' },
        default: ['/health', '/ready', '/metrics'],
        description: 'Paths that are logged at level debug only.',
      },
    },
  },
  create({ quiet }, { log, metrics }) {
    const requests = metrics.counter('opencompat_requests_total', 'Requests by API and status', [
      'api',
      'provider',
      'status',
    ]);
    const tokens = metrics.counter('opencompat_tokens_total', 'Tokens as the providers count them', [
      'provider',
      'direction',
    ]);
    const durations = metrics.histogram(
      'opencompat_request_duration_seconds',
      'Time to the end of the answer',
      durationBuckets,
      ['api'],
    );

    function writeLine(req: Request, res: Response): void {
      const { exchange } = req;
      const { timings, usage, resolvedModel: model, error } = exchange;
      const endMs = performance.now();
      // A connection that has become a WebSocket has no response head.
      const isSwitched = res.statusCode === 101;
      const status = res.headersSent || isSwitched ? res.statusCode : 499;
      const path = req.originalUrl.split('?', 1)[0]!;
      const level = quiet.includes(path) ? 'debug' : 'info';
      log[level]('request', {
        id: exchange.id,
        client: exchange.clientName || undefined,
        method: req.method,
        path,
        api: exchange.api?.name,
        model: askedModel(exchange),
        provider: model?.provider.name,
        upstream_model: model?.id,
        status,
        error: error?.code,
        aborted: (!res.writableFinished && !isSwitched) || undefined,
        upstream_head_ms: round(
          timings.upstreamHeadMs === undefined ? undefined : timings.upstreamHeadMs - timings.receivedMs,
        ),
        first_byte_ms: round(timings.firstByteMs === undefined ? undefined : timings.firstByteMs - timings.receivedMs),
        total_ms: round(endMs - timings.receivedMs),
        overhead_ms: round(overheadMs(exchange, endMs)),
        input_tokens: usage?.input_tokens,
        cached_tokens: usage?.input_tokens_details?.cached_tokens,
        output_tokens: usage?.output_tokens,
        reasoning_tokens: usage?.output_tokens_details?.reasoning_tokens,
      });
      const provider = model?.provider.name ?? '';
      const api = exchange.api?.name ?? '';
      requests.inc(1, { api, provider, status: String(status) });
      if (api) durations.observe((endMs - timings.receivedMs) / 1000, { api });
      if (usage) {
        countTokens(usage.input_tokens, { provider, direction: 'input' });
        countTokens(usage.output_tokens, { provider, direction: 'output' });
      }
    }

    /**
     * A plugin may have changed the usage: a counter throws at a value that is not a count, and nothing would catch that here.
     */
    function countTokens(count: number, labels: Record<string, string>): void {
      if (Number.isFinite(count) && count > 0) tokens.inc(count, labels);
    }

    return function accessLog(req, res, next) {
      res.once('close', () => writeLine(req, res));
      next();
    };
  },
});
