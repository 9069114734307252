/** What became of a request, in one word: for logs and metrics. The status cannot tell, as a stream begins with 200. */
import type { ErrorCode } from '../errors.ts';
import type { Outcome } from './hooks.ts';
import type { Exchange } from './middleware.ts';
/** @param isWhole has all of the answer been handed to the client? */
export declare function outcomeOf({ error, answerEnd }: Exchange, isWhole: boolean): Outcome;
/** Why a request failed: what the client was told, the upstream's status, what was tried before. */
/** One failure of an upstream, whether the client was told of it or another model answered. */
export interface UpstreamFailure {
    readonly provider: string;
    readonly model: string;
    readonly error: ErrorCode;
    /** Of the upstream's refusal; undefined where none came. */
    readonly status: number | undefined;
}
export declare function upstreamFailuresOf({ trials, error, resolvedModel: model, timings }: Exchange): UpstreamFailure[];
export interface Failure {
    readonly error: ErrorCode | undefined;
    readonly param: string | undefined;
    readonly reason: string | undefined;
    readonly upstreamStatus: number | undefined;
    readonly tried: readonly string[] | undefined;
}
/** Its texts are fit for a log line. */
export declare function describeFailure({ error, trials }: Exchange): Failure;
