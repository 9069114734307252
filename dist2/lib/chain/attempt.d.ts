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
import type { Availability } from '../models/availability.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import type { QuotaBook } from '../quota/quota-book.ts';
import type { Exchange } from './middleware.ts';
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
/** Step 1, `rewrite-request`: builds the request for the exchange's model, or for the first of its fallbacks that takes it. */
export declare function buildForExchange(exchange: Exchange, availability: Availability): void;
/** Step 2, `inject-auth`: puts in the credentials of the exchange's model, or of the first fallback that has some. */
export declare function authorizeExchange(exchange: Exchange, availability: Availability): Promise<void>;
/** Steps 3 and 4, `proxy`: sends the request and answers the client; while nothing has been sent, also with the next model. */
export declare function answerExchange(exchange: Exchange, res: Response, services: AttemptServices): Promise<void>;
