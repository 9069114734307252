import { defineMiddleware } from '../lib/chain/middleware.ts';
import { factsOf, isForLedger, type RequestFacts, toUsageRow } from '../lib/chain/request-facts.ts';
import { createRequestMetrics } from '../lib/chain/request-metrics.ts';
import { openTracer } from '../lib/chain/tracing.ts';

/** Milliseconds with a tenth. */
function round(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}

/** The fields of a request's line. */
function describe(facts: RequestFacts): Record<string, unknown> {
  const { usage } = facts;
  return {
    id: facts.id,
    client: facts.client || undefined,
    method: facts.method,
    path: facts.path,
    api: facts.api,
    model: facts.askedModel,
    provider: facts.provider,
    upstream_model: facts.model,
    status: facts.status,
    outcome: facts.outcome,
    error: facts.error,
    param: facts.param,
    reason: facts.reason,
    upstream_status: facts.upstreamStatus,
    tried: facts.tried,
    explained: facts.isExplained || undefined,
    aborted: facts.isAborted || undefined,
    upstream_head_ms: round(facts.upstreamHeadMs),
    first_byte_ms: round(facts.firstByteMs),
    total_ms: round(facts.totalMs),
    overhead_ms: round(facts.overheadMs),
    input_tokens: usage?.input_tokens,
    cached_tokens: usage?.input_tokens_details?.cached_tokens,
    output_tokens: usage?.output_tokens,
    reasoning_tokens: usage?.output_tokens_details?.reasoning_tokens,
    tokens_estimated: facts.isUsageEstimated || undefined,
    credits: facts.credits,
  };
}

/** One line for each request when it has ended, and its row in the ledger: who, what, how long, how much. Never content, never a secret. */
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
  create({ quiet }, { config, log, metrics, ledger, lasting }) {
    const tracer = config.tracing ? openTracer() : undefined;
    const count = lasting.open('metrics', undefined, () => createRequestMetrics(metrics));
    return function accessLog(req, res, next) {
      const spans = tracer && !quiet.includes(req.path) ? tracer.start(req) : undefined;
      if (spans) req.exchange.trace = spans;
      res.once('close', () => {
        const facts = factsOf(req, res, performance.now());
        // Guesses of keys come by the thousand; `client-auth` tells their number.
        const { isHandedOver, error } = req.exchange;
        const isQuiet = quiet.includes(facts.path) || isHandedOver || error?.code === 'OC_TOO_MANY_WRONG_KEYS';
        log[isQuiet ? 'debug' : 'info']('request', describe(facts));
        // A refusal to explain is counted as any other.
        if (!isHandedOver && (!facts.isExplained || facts.error)) count(facts);
        spans?.end(facts);
        if (ledger && isForLedger(req)) ledger.add(toUsageRow(req, facts));
      });
      next();
    };
  },
});
