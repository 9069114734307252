import type { CanonicalOutputItem, CanonicalUsage, EmbeddingsResult } from '../canonical/types.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
/** The parts of an answer, as the Responses API has them. */
export interface GivenOutput {
    readonly output: readonly CanonicalOutputItem[];
    /** Default: no tokens. */
    readonly usage?: CanonicalUsage;
}
/** A text, a text as it comes, the parts of an answer, or vectors. */
export type GivenAnswer = string | AsyncIterable<string> | GivenOutput | EmbeddingsResult;
/** The answer, or what gives one for each choice. */
export type AnswerSource = GivenAnswer | ((choice: number) => GivenAnswer);
/** The request that stands for a given answer. Nothing of the answer is emulated: it goes to the client as it was given. */
export declare function toGivenRequest(): UpstreamRequest;
export declare function answerGiven(source: AnswerSource, choice: number, signal: AbortSignal): UpstreamAnswer;
