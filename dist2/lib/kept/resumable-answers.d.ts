/** The resumable answers of a server: found by tokens, a few for each client key. */
import { type AnswerScope, type AnswerSource, ResumableAnswer } from './resumable-answer.ts';
export interface AnswerLimits {
    maxBytes: number;
    /** Most answers of one owner. */
    maxAnswers: number;
    timeoutMs: number;
    stallMs: number;
}
/** Where a client goes on. */
export interface Resumption {
    answer: ResumableAnswer;
    /** Events that it has had. */
    position: number;
}
/** The answer's id, and the events that the client has had. */
export declare function readToken(token: string): {
    id: string;
    position: number;
} | undefined;
/** Could the text be a token? */
export declare function isToken(text: string): boolean;
export declare class ResumableAnswers {
    #private;
    /** Undefined while the owner has as many as it may, or the server stops. */
    open(scope: AnswerScope, contentType: string, source: AnswerSource, limits: AnswerLimits): ResumableAnswer | undefined;
    /** Undefined for a token of nobody's, of another owner's or path's, or of an answer that is not kept any more. */
    find({ owner, path }: AnswerScope, token: string): Resumption | undefined;
    /**
     * Opens none any more.
     * @param isShared can clients come back to another server? Else every answer that nobody reads, now or later, is let go.
     */
    drain(isShared: boolean): void;
}
