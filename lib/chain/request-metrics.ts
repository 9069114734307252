/** The metrics of requests, counted when each has ended from the facts that its line in the log has too: a delta costs nothing. */
import type { ErrorCode } from '../errors.ts';
import { LabelNames, type Metrics } from '../metrics.ts';
import { logText } from '../public-text.ts';
import type { RequestFacts } from './request-facts.ts';

/** Of whole answers, in seconds. */
const durationBuckets = [0.05, 0.25, 1, 2.5, 5, 10, 30, 60, 120, 300];
/** Until an answer begins, in seconds. */
const firstTokenBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 60];
/** Most models, and most client keys, that have numbers of their own. */
const maxModels = 100;
const maxClients = 100;
/** Longest name in a label, in UTF-16 units. */
const maxNameLength = 100;

/** Refusals by a limit of this server. */
const limits: ReadonlySet<ErrorCode> = new Set([
  'OC_RATE_LIMITED',
  'OC_TOO_MANY_WRONG_KEYS',
  'OC_KEY_REQUEST_LIMIT',
  'OC_KEY_TOKEN_LIMIT',
  'OC_KEY_COST_LIMIT',
  'OC_QUOTA_RESERVED',
]);

/** A plugin may have changed the usage, and a counter throws at an invalid count, which nothing would catch here. */
function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value > 0;
}

/** @returns counts a request that has ended */
export function createRequestMetrics(metrics: Metrics): (facts: RequestFacts) => void {
  const models = new LabelNames(maxModels);
  const clients = new LabelNames(maxClients);
  const countTokens = createTokenCount(metrics);
  const countFailures = createFailureCount(metrics);
  const requests = metrics.counter(
    'opencompat_requests_total',
    'Requests by API, provider, status and outcome (a stream that breaks has status 200)',
    ['api', 'provider', 'outcome', 'status'],
  );
  const names = ['api', 'provider', 'model'];
  const durations = metrics.histogram(
    'opencompat_request_duration_seconds',
    'Time to the end of the answer',
    durationBuckets,
    names,
  );
  const firstTokens = metrics.histogram(
    'opencompat_time_to_first_token_seconds',
    'Time to the first part of a streamed answer: text, reasoning or a call',
    firstTokenBuckets,
    names,
  );

  /** Clients can make up names: a model's becomes a label when the model has answered. */
  function labelOf({ model, outcome }: RequestFacts): string {
    return model === undefined ? '' : models.fold(logText(model.slice(0, maxNameLength)), outcome === 'ok');
  }

  return function countRequest(facts) {
    const { api = '', provider = '', outcome, status, totalMs, firstTokenMs, clientKey = '' } = facts;
    requests.inc(1, { api, provider, outcome, status: String(status) });
    const client = clientKey && clients.fold(logText(clientKey.slice(0, maxNameLength)));
    countFailures(facts, client);
    if (!api) return;
    const model = labelOf(facts);
    durations.observe(totalMs / 1000, { api, provider, model });
    if (facts.isStreaming && firstTokenMs !== undefined) {
      firstTokens.observe(firstTokenMs / 1000, { api, provider, model });
    }
    countTokens(facts, { provider, model, client });
  };
}

function createTokenCount(metrics: Metrics) {
  const tokens = metrics.counter(
    'opencompat_tokens_total',
    'Tokens as the providers count them; estimated where they tell none',
    ['provider', 'model', 'direction'],
  );
  const cached = metrics.counter('opencompat_cached_tokens_total', 'Input tokens that the provider had in its cache', [
    'provider',
    'model',
  ]);
  const byClient = metrics.counter(
    'opencompat_client_tokens_total',
    'Tokens by client key; the client is empty where the server asks for no key',
    ['client', 'direction'],
  );
  return ({ usage }: RequestFacts, { provider, model, client }: Record<'provider' | 'model' | 'client', string>) => {
    if (!usage) return;
    const counts = { input: usage.input_tokens, output: usage.output_tokens };
    for (const [direction, count] of Object.entries(counts)) {
      if (!isCount(count)) continue;
      tokens.inc(count, { provider, model, direction });
      byClient.inc(count, { client, direction });
    }
    const fromCache = usage.input_tokens_details?.cached_tokens;
    if (isCount(fromCache)) cached.inc(fromCache, { provider, model });
  };
}

function createFailureCount(metrics: Metrics) {
  const upstreamErrors = metrics.counter(
    'opencompat_upstream_errors_total',
    'Failures of upstreams by cause, also those after which another model answered; no status: no refusal came',
    ['provider', 'error', 'status'],
  );
  const fallbacks = metrics.counter(
    'opencompat_fallbacks_total',
    'Turns from a model that failed to the next one of its alias, by the provider that failed',
    ['provider', 'error'],
  );
  const refusals = metrics.counter(
    'opencompat_limit_refusals_total',
    'Requests refused by a limit of this server: `rateLimit`, `wrongKeyLimit`, the limits of a client key or the reserve of a quota',
    ['error', 'client'],
  );
  return ({ upstreamFailures, provider, model, error }: RequestFacts, client: string) => {
    for (const failure of upstreamFailures) {
      const status = failure.status === undefined ? '' : String(failure.status);
      upstreamErrors.inc(1, { provider: failure.provider, error: failure.error, status });
    }
    for (const failure of lastOfEachModel(upstreamFailures)) {
      if (failure.provider === provider && failure.model === model) continue;
      fallbacks.inc(1, { provider: failure.provider, error: failure.error });
    }
    if (error !== undefined && limits.has(error)) refusals.inc(1, { error, client });
  };
}

/** A model may have been asked several times, with a request that was changed. */
function lastOfEachModel(
  failures: RequestFacts['upstreamFailures'],
): Iterable<RequestFacts['upstreamFailures'][number]> {
  return new Map(failures.map((failure) => [`${failure.provider}/${failure.model}`, failure])).values();
}
