/** The facts of a request that has ended: for its line in the log, for metrics and for its row in the ledger. */
import type { CanonicalUsage } from '../canonical/types.ts';
import { logText } from '../public-text.ts';
import type { UsageRow, Used } from '../usage/usage-row.ts';
import type { Outcome } from './hooks.ts';
import type { Exchange, Request, Response } from './middleware.ts';
import { describeFailure, type Failure, outcomeOf, type UpstreamFailure, upstreamFailuresOf } from './outcome.ts';

/** Times are milliseconds since the request came. */
export interface RequestFacts extends Failure {
  readonly id: string;
  /** Name of the client key, else the address; '' where neither is known. */
  readonly client: string;
  /** Name of the client key; undefined where the server asks for none. */
  readonly clientKey: string | undefined;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly api: string | undefined;
  /** As the client named it, found or not. */
  readonly askedModel: string | undefined;
  readonly provider: string | undefined;
  readonly model: string | undefined;
  readonly status: number;
  readonly outcome: Outcome;
  readonly isAborted: boolean;
  /** It was explained, not sent. */
  readonly isExplained: boolean;
  readonly isStreaming: boolean;
  readonly upstreamFailures: readonly UpstreamFailure[];
  readonly validatedMs: number | undefined;
  readonly resolvedMs: number | undefined;
  readonly sentMs: number | undefined;
  readonly upstreamHeadMs: number | undefined;
  /** The upstream's first event that tells something of the answer. */
  readonly firstTokenMs: number | undefined;
  readonly firstByteMs: number | undefined;
  readonly totalMs: number;
  /** Spent in this server. */
  readonly overheadMs: number;
  readonly usage: CanonicalUsage | undefined;
  /** The upstream has told none: `usage` is our own guess. */
  readonly isUsageEstimated: boolean;
  /** The provider's own units, where it counts in some. */
  readonly credits: number | undefined;
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

/** Has all of the answer been handed over? */
function isWhole(res: Response): boolean {
  return res.writableFinished || isSwitched(res);
}

/** @param endMs on the `performance.now()` clock */
export function factsOf(req: Request, res: Response, endMs: number): RequestFacts {
  const { exchange, method, originalUrl } = req;
  const { timings, resolvedModel } = exchange;
  const sinceReceived = (ms: number | undefined) => (ms === undefined ? undefined : ms - timings.receivedMs);
  const isComplete = isWhole(res);
  return {
    id: exchange.id,
    client: exchange.clientName,
    clientKey: exchange.clientKey?.name,
    method,
    path: originalUrl.split('?', 1)[0]!,
    api: exchange.api?.name,
    askedModel: askedModel(exchange),
    provider: resolvedModel?.provider.name,
    // '' where a provider is asked, and none of its models.
    model: resolvedModel?.id || undefined,
    status: statusOf(res),
    outcome: outcomeOf(exchange, isComplete),
    ...describeFailure(exchange),
    isAborted: !isComplete,
    isExplained: exchange.isExplained,
    isStreaming: exchange.isStreaming,
    upstreamFailures: upstreamFailuresOf(exchange),
    validatedMs: sinceReceived(timings.validatedMs),
    resolvedMs: sinceReceived(timings.resolvedMs),
    sentMs: sinceReceived(timings.upstreamSentMs),
    upstreamHeadMs: sinceReceived(timings.upstreamHeadMs),
    firstTokenMs: sinceReceived(timings.upstreamFirstMs),
    firstByteMs: sinceReceived(timings.firstByteMs),
    totalMs: endMs - timings.receivedMs,
    overheadMs: overheadMs(exchange, endMs),
    usage: exchange.usage,
    isUsageEstimated: exchange.isUsageEstimated === true,
    credits: creditsOf(exchange),
  };
}

/** Does a request belong in the ledger? It asked something new of an API, to be answered, and its client was let in. */
export function isForLedger({ method, exchange }: Request): boolean {
  const isNew = !exchange.isResumption && !exchange.isHandedOver && !exchange.isExplained;
  return method === 'POST' && isNew && exchange.api !== undefined && exchange.clientId !== '';
}

/** A plugin may have changed the usage. */
function toCount(value: number | undefined): number {
  return value !== undefined && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/** What an exchange has used up so far. */
export function usedBy(exchange: Exchange): Used {
  const { timings, answers, usage } = exchange;
  return {
    answers: timings.upstreamSentMs === undefined ? 0 : answers,
    inputTokens: toCount(usage?.input_tokens),
    cachedTokens: toCount(usage?.input_tokens_details?.cached_tokens),
    outputTokens: toCount(usage?.output_tokens),
    reasoningTokens: toCount(usage?.output_tokens_details?.reasoning_tokens),
    credits: creditsOf(exchange) ?? 0,
  };
}

function creditsOf({ credits, usage, givenAnswer, resolvedModel: model }: Exchange): number | undefined {
  if (credits !== undefined || !usage || givenAnswer !== undefined) return credits;
  return model?.provider.estimateCredits?.(model.id, usage);
}

/** Most ignored parameters that a row names, and most characters of each. */
const maxIgnored = 50;
const maxIgnoredCharacters = 100;

export function toUsageRow({ exchange }: Request, facts: RequestFacts): UsageRow {
  return {
    ...usedBy(exchange),
    id: facts.id,
    atMs: Math.round(performance.timeOrigin + exchange.timings.receivedMs),
    clientId: exchange.clientId,
    client: facts.client,
    api: facts.api ?? '',
    askedModel: facts.askedModel,
    provider: facts.provider,
    model: facts.model,
    status: facts.status,
    outcome: facts.outcome,
    error: facts.error,
    reason: facts.reason,
    upstreamStatus: facts.upstreamStatus,
    validatedMs: facts.validatedMs,
    resolvedMs: facts.resolvedMs,
    sentMs: facts.sentMs,
    headMs: facts.upstreamHeadMs,
    firstTokenMs: facts.firstTokenMs,
    firstByteMs: facts.firstByteMs,
    totalMs: facts.totalMs,
    overheadMs: facts.overheadMs,
    ignored: [...exchange.ignored].slice(0, maxIgnored).map((name) => logText(name.slice(0, maxIgnoredCharacters))),
    isStreaming: facts.isStreaming,
    isAborted: facts.isAborted,
    isEstimated: facts.isUsageEstimated,
  };
}
