import type { CanonicalRequest } from '../canonical/types.ts';
import type { ResolvedModel, UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import { type AnswerSource } from './given-answer.ts';
/** The part of an exchange that is used here. `upstream` changes when the answer is in canonical form. */
interface AskedExchange {
    readonly request: Pick<CanonicalRequest, 'generate'>;
    readonly model: ResolvedModel;
    readonly signal: AbortSignal;
    /** A plugin's own answer. */
    readonly givenAnswer: AnswerSource | undefined;
    upstream: UpstreamRequest;
}
/** The answer to a request that needs no upstream over HTTP; undefined for all others. */
export declare function answerInside(exchange: AskedExchange, upstream: UpstreamRequest, choice: number): UpstreamAnswer | Promise<UpstreamAnswer> | undefined;
export {};
