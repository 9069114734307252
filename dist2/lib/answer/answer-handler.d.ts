/**
 * Turns an upstream's answer into the client's: translates it to the client's API, passes it on as it comes, or reads its
 * vectors. Handlers live as long as their stream, so they keep no reference to the request.
 */
import type { AnswerContext, ClientApi } from '../apis/api.ts';
import type { EventTransform } from '../canonical/event-transform.ts';
import type { Quota } from '../canonical/quota.ts';
import type { CanonicalRequest, CanonicalUsage } from '../canonical/types.ts';
import type { Config } from '../config/schema.ts';
import { type PublicError } from '../errors.ts';
import type { ResolvedModel, UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import type { Recording } from '../recorder/recording.ts';
import { type AnswerEnd } from './answer-end.ts';
import type { ClientAnswer } from './client-answer.ts';
/** Takes the upstream's answer for one choice; resolves when the choice has ended. */
export type AnswerHandler = (answer: UpstreamAnswer, choice: number) => Promise<void>;
/** What an answer reads from its exchange, and writes to it. */
export interface AnsweredExchange {
    readonly model: ResolvedModel;
    readonly signal: AbortSignal;
    /** The client's body as sent. */
    readonly body: unknown;
    readonly request: CanonicalRequest;
    readonly upstream: UpstreamRequest;
    readonly transforms: readonly EventTransform[];
    /** Sees what the transforms change. */
    readonly recording?: Recording;
    readonly isStreaming: boolean;
    /** Milliseconds on the `performance.now()` clock. */
    readonly timings: {
        upstreamFirstMs?: number;
        upstreamEndMs?: number;
    };
    usage?: CanonicalUsage;
    /** The upstream has told none: `usage` is our own guess. */
    isUsageEstimated?: boolean;
    credits?: number;
    /** How the answer ended, once it has. */
    answerEnd?: AnswerEnd;
    /** Returns the text that ends a stream with an error. */
    failStream: ((error: PublicError) => string) | undefined;
}
export interface AnswerOptions {
    api: ClientApi;
    context: AnswerContext;
    /** Where the answer goes. */
    client: ClientAnswer;
    /** Is given what a vendor event of the answer tells of the provider's quota. */
    onQuota(quota: Quota): void;
    limits: Pick<Config, 'upstreamIdleTimeout' | 'maxEventBytes' | 'maxEventLines' | 'maxAnswerBytes' | 'maxStreamBytes'>;
}
/** Returns the handler for the upstream's answers to the exchange's current request. */
export declare function createAnswerHandler(exchange: AnsweredExchange, options: AnswerOptions): AnswerHandler;
