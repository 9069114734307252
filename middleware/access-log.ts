import { defineMiddleware, type Exchange, type Request, type Response } from '../lib/chain/middleware.ts';
import { describeFailure, outcomeOf } from '../lib/chain/outcome.ts';
import type { Metrics } from '../lib/metrics.ts';

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

/** A connection that has become a WebSocket has no response head. */
function isSwitched({ statusCode }: Response): boolean {
  return statusCode === 101;
}

/** 499, as nginx has it: the client left before it was answered. */
function statusOf(res: Response): number {
  return res.headersSent || isSwitched(res) ? res.statusCode : 499;
}

function pathOf({ originalUrl }: Request): string {
  return originalUrl.split('?', 1)[0]!;
}

/** Has all of the answer been handed over? */
function isWhole(res: Response): boolean {
  return res.writableFinished || isSwitched(res);
}

/** @param endMs on the `performance.now()` clock */
function describe(req: Request, res: Response, endMs: number): Record<string, unknown> {
  const { exchange } = req;
  const { timings, usage, resolvedModel: model } = exchange;
  const sinceReceived = (ms: number | undefined) => round(ms === undefined ? undefined : ms - timings.receivedMs);
  return {
    id: exchange.id,
    client: exchange.clientName || undefined,
    method: req.method,
    path: pathOf(req),
    api: exchange.api?.name,
    model: askedModel(exchange),
    provider: model?.provider.name,
    upstream_model: model?.id,
    status: statusOf(res),
    outcome: outcomeOf(exchange, isWhole(res)),
    ...describeFailure(exchange),
    aborted: !isWhole(res) || undefined,
    upstream_head_ms: sinceReceived(timings.upstreamHeadMs),
    first_byte_ms: sinceReceived(timings.firstByteMs),
    total_ms: sinceReceived(endMs),
    overhead_ms: round(overheadMs(exchange, endMs)),
    input_tokens: usage?.input_tokens,
    cached_tokens: usage?.input_tokens_details?.cached_tokens,
    output_tokens: usage?.output_tokens,
    reasoning_tokens: usage?.output_tokens_details?.reasoning_tokens,
  };
}

/** Counts a request that has ended. */
function createCount(metrics: Metrics): (exchange: Exchange, res: Response, endMs: number) => void {
  const requests = metrics.counter(
    'opencompat_requests_total',
    'Requests by API, provider, status and outcome (a stream that breaks has status 200)',
    ['api', 'provider', 'outcome', 'status'],
  );
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

  /** A plugin may have changed the usage, and a counter throws at an invalid count, which nothing would catch here. */
  function countTokens(count: number, labels: Record<string, string>): void {
    if (Number.isFinite(count) && count > 0) tokens.inc(count, labels);
  }

  return (exchange, res, endMs) => {
    const { api: clientApi, resolvedModel, usage, timings } = exchange;
    const outcome = outcomeOf(exchange, isWhole(res));
    const provider = resolvedModel?.provider.name ?? '';
    const api = clientApi?.name ?? '';
    requests.inc(1, { api, provider, outcome, status: String(statusOf(res)) });
    if (api) durations.observe((endMs - timings.receivedMs) / 1000, { api });
    if (!usage) return;
    countTokens(usage.input_tokens, { provider, direction: 'input' });
    countTokens(usage.output_tokens, { provider, direction: 'output' });
  };
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
    const count = createCount(metrics);
    return function accessLog(req, res, next) {
      res.once('close', () => {
        const endMs = performance.now();
        // Guesses of keys come by the thousand; `client-auth` tells their number.
        const isQuiet = quiet.includes(pathOf(req)) || req.exchange.error?.code === 'OC_TOO_MANY_WRONG_KEYS';
        log[isQuiet ? 'debug' : 'info']('request', describe(req, res, endMs));
        count(req.exchange, res, endMs);
      });
      next();
    };
  },
});
