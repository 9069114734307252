/**
 * The attempt: how an exchange gets its answer, from the top down.
 *
 *   build → authorize → send → answer, and on a failure the next model of the alias
 *
 * Each step belongs to a box of the chain, so that a plugin between two boxes sees the result of the step before. The box puts
 * a function for its step on the exchange, and then calls the function here that uses it:
 *
 *   step       box                the exchange's                                   the function here
 *   build      rewrite-request    `buildUpstream`: what the provider accepts       `buildForExchange`
 *   authorize  inject-auth        `authorize`: the provider's credentials          `authorizeExchange`
 *   answer     rewrite-response   `openAnswer`: transforms and the client's API    (begun by `answerExchange`)
 *   send       proxy                                                               `answerExchange`
 *
 * All retries are here:
 * - a kept-alive connection that the upstream had closed: once more, in `send`;
 * - a refused token (401): once, with renewed credentials, in `askUpstream`;
 * - a refusal that the provider can avoid (`Provider.amendRequest`, `Provider.amendRaw`): `maxAmendments` times, in `askUpstream`,
 *   or in `answerExchange` where the refusal is an answer (some servers have it as the first event of a stream);
 * - a model that cannot answer: the next one of its alias that can be asked, in each of the three functions.
 * Nothing is tried again once something of the answer has gone to the client; its head and keepalives may go before.
 */
import type { Response } from 'express';
import { answerChoices } from '../answer/choices-in-turn.ts';
import { countRequests } from '../answer/emulations.ts';
import { answerInside } from '../answer/local-answer.ts';
import { readRefusalText } from '../answer/refusal-text.ts';
import { StaleConnectionError } from '../answer/stale-connection-error.ts';
import { isOfFirstInput } from '../canonical/choices.ts';
import { OpenCompatError } from '../errors.ts';
import type { Availability } from '../models/availability.ts';
import { readToldHeaders } from '../providers/answer-facts.ts';
import type { RawRequest, UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import type { QuotaBook } from '../quota/quota-book.ts';
import { isA } from '../thrown.ts';
import { buildContextOf, lessonsOf } from './build-context.ts';
import { turnToFallback } from './fallback.ts';
import type { Exchange } from './middleware.ts';
import { noteQuota } from './note-quota.ts';
import { withAttemptTrace } from './tracing.ts';

export interface AttemptServices {
  readonly availability: Availability;
  /** Is told what answers say of quota. */
  readonly quotas: QuotaBook;
  /** As of `UpstreamSender` (lib/answer/upstream-sender.ts). */
  send(request: UpstreamRequest, providerTitle: string, signal: AbortSignal): Promise<UpstreamAnswer>;
  /** Longest silence of an upstream, in milliseconds, unless its provider sets a limit of its own. */
  readonly idleTimeoutMs: number;
  /** Most choices of one request that run at a time. */
  readonly maxChoices: number;
}

/** How often a request is changed after a refusal. */
const maxAmendments = 6;

/** Step 1, `rewrite-request`: builds the request for the exchange's model, or for the first of its fallbacks that takes it. */
export function buildForExchange(exchange: Exchange, availability: Availability): void {
  try {
    exchange.buildUpstream();
  } catch (error) {
    if (!turnToFallback(exchange, error, availability)) throw error;
  }
}

/** Step 2, `inject-auth`: puts in the credentials of the exchange's model, or of the first fallback that has some. */
export async function authorizeExchange(exchange: Exchange, availability: Availability): Promise<void> {
  for (;;) {
    try {
      await exchange.authorize(false);
      return;
    } catch (error) {
      if (!turnToFallback(exchange, error, availability)) throw error;
    }
  }
}

/** Steps 3 and 4, `proxy`: sends the request and answers the client; while nothing has been sent, also with the next model. */
export async function answerExchange(exchange: Exchange, res: Response, services: AttemptServices): Promise<void> {
  const { availability } = services;
  exchange.awaitAnswer?.();
  for (let amendments = 0; ; ) {
    try {
      await answerWithModel(exchange, services);
      exchange.trace?.endAttempts(exchange);
      if (amendments > 0) lessonsOf(exchange).accept();
      return;
    } catch (error) {
      exchange.trace?.endAttempts(exchange, error);
      if (!hasBegun(exchange, res)) {
        if (amendments++ < maxAmendments && (await amendAnswered(exchange, error))) continue;
        if (await turnToNextModel(exchange, error, availability)) continue;
      }
      // One failed choice fails the answer: the others must not go on spending quota.
      exchange.abort(error);
      throw isA(error, Error) ? error : new OpenCompatError('OC_INTERNAL', {}, { cause: error });
    }
  }
}

/** Has something of the answer been sent? */
function hasBegun({ isHeadAlone }: Exchange, { headersSent }: Response): boolean {
  return headersSent && !isHeadAlone;
}

/** Builds and authorizes the request for the next model that can be asked. false: no model is left. */
async function turnToNextModel(exchange: Exchange, error: unknown, availability: Availability): Promise<boolean> {
  if (!turnToFallback(exchange, error, availability)) return false;
  try {
    await authorizeExchange(exchange, availability);
    return true;
  } catch {
    // The client gets the answer of the model it asked for; that a stand-in lacks a sign-in would hide it.
    return false;
  }
}

/** Sends the request to the exchange's model, once for each choice, and hands the answers on. */
function answerWithModel(exchange: Exchange, services: AttemptServices): Promise<void> {
  return answerChoices({
    count: () => countRequests(exchange.request, exchange.upstream),
    atOnce: services.maxChoices,
    open: (choice) => askUpstream(exchange, choice, services),
    begin: () => exchange.openAnswer(),
    onAllOpen() {
      exchange.releaseRequest();
    },
  });
}

/** After a refusal that came under a status of success. false: there is nothing to be changed, or it came as a refusal. */
async function amendAnswered(exchange: Exchange, error: unknown): Promise<boolean> {
  if (!isA(error, OpenCompatError) || exchange.signal.aborted) return false;
  if (exchange.trials.some((trial) => trial.error === error)) return false;
  if (!amend(exchange, error, exchange.upstream)) return false;
  exchange.noteTrial({ model: exchange.model, error });
  exchange.buildUpstream();
  await exchange.authorize(false);
  return true;
}

/**
 * Sends the request of one choice until the upstream accepts it, and gives its answer.
 * @throws OpenCompatError the last refusal, as the provider explains it
 */
async function askUpstream(exchange: Exchange, choice: number, services: AttemptServices): Promise<UpstreamAnswer> {
  const { model } = exchange;
  let upstream = isOfFirstInput(exchange.request, choice) ? exchange.upstream : await buildChoice(exchange, choice);
  let isRenewed = false;
  for (let amendments = 0; ; ) {
    const answer = await send(exchange, upstream, choice, services);
    // Refusals tell it too.
    noteQuota(exchange, model.provider.readQuota?.(answer.headers), services.quotas);
    if (isSuccess(answer)) {
      if (exchange.givenAnswer === undefined) services.availability.noteAnswer(model);
      exchange.toldHeaders = readToldHeaders(model.provider, answer.headers);
      if (amendments > 0) lessonsOf(exchange).accept();
      return answer;
    }
    const refusal = await readRefusalText(answer, {
      providerTitle: model.provider.title,
      idleTimeoutMs: upstream.idleTimeoutMs ?? services.idleTimeoutMs,
      signal: exchange.signal,
    });
    if (answer.statusCode === 401 && !isRenewed) {
      isRenewed = true;
      if (await exchange.authorize(true, upstream)) continue;
    }
    const error = model.provider.toError(answer.statusCode ?? 0, answer.headers, refusal);
    exchange.noteTrial({ model, error, status: answer.statusCode });
    if (amendments++ >= maxAmendments) throw error;
    if (!amend(exchange, error, upstream)) throw error;
    upstream = await buildChoice(exchange, choice);
  }
}

/** Changes the exchange's request after a refusal, so that it may pass. false: there is nothing to be changed. */
function amend(exchange: Exchange, error: OpenCompatError, sent: UpstreamRequest): boolean {
  const { api, model } = exchange;
  const isPassedOn = api !== undefined && (sent.isPassThrough || sent.hasRawBody);
  const raw = isPassedOn ? { api: api.name, body: exchange.body as RawRequest['body'] } : undefined;
  const context = { ...buildContextOf(exchange), raw, sent };
  const amendedRaw = raw && model.provider.amendRaw?.(raw, error, context);
  if (amendedRaw) {
    exchange.body = amendedRaw.body;
    return true;
  }
  const amended = model.provider.amendRequest?.(exchange.request, error, context);
  if (!amended) return false;
  exchange.request = amended;
  return true;
}

async function buildChoice(exchange: Exchange, choice: number): Promise<UpstreamRequest> {
  const upstream = exchange.buildUpstream(choice);
  await exchange.authorize(false, upstream);
  return upstream;
}

async function send(
  exchange: Exchange,
  upstream: UpstreamRequest,
  choice: number,
  services: AttemptServices,
): Promise<UpstreamAnswer> {
  const { timings } = exchange;
  timings.upstreamSentMs ??= performance.now();
  const answer = await withAttemptTrace(
    exchange,
    upstream,
    (traced) => answerInside(exchange, traced, choice) ?? sendOverHttp(exchange, traced, services),
  );
  timings.upstreamHeadMs ??= performance.now();
  return answer;
}

async function sendOverHttp(
  { model, signal }: Exchange,
  upstream: UpstreamRequest,
  services: AttemptServices,
): Promise<UpstreamAnswer> {
  const { title } = model.provider;
  try {
    return await services.send(upstream, title, signal);
  } catch (error) {
    if (!(error instanceof StaleConnectionError) || signal.aborted) throw error;
    return services.send(upstream, title, signal);
  }
}

function isSuccess({ statusCode = 0 }: UpstreamAnswer): boolean {
  return statusCode >= 200 && statusCode < 300;
}
