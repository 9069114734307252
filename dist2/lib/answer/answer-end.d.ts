/** How an answer ended that arrived with status 200: whole, or otherwise. */
import { type CanonicalResponse } from '../canonical/types.ts';
import { type Json } from '../lenient-json.ts';
/** `refused` is the model's own refusal, `filtered` that of a content filter, `incomplete` a limit of tokens. From good to bad. */
export declare const answerEnds: readonly ['ok', 'incomplete', 'refused', 'filtered', 'upstream-failed'];
export type AnswerEnd = (typeof answerEnds)[number];
/** Of several choices, the one that went worst speaks for the answer. */
export declare function worseEnd(a: AnswerEnd | undefined, b: AnswerEnd): AnswerEnd;
export declare function endOfResponse(response: CanonicalResponse): AnswerEnd;
/**
 * By the last bytes of a stream that is passed on. (In a text of the answer each quote has a backslash before it, so that it
 * cannot be taken for a key.)
 */
export declare function endOfStream(tail: string): AnswerEnd;
/** By the JSON of a whole answer that is passed on. */
export declare function endOfBody(body: Json): AnswerEnd;
