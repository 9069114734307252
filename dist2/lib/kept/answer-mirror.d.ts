/** Copies a running answer to Redis in batches, beside the stream: an event costs its client nothing. */
import type { ResumableAnswer } from './resumable-answer.ts';
import type { SharedAnswer } from './shared-answers.ts';
export declare class AnswerMirror {
    #private;
    /** @param keepMs how long all of it is kept after the death of this server */
    constructor(answer: ResumableAnswer, shared: SharedAnswer, keepMs: number);
    /** The answer has more events, or has ended. */
    note(): void;
    /** Resolves when all that has come is in Redis, or cannot get there. */
    settle(): Promise<void>;
    /** Nobody can come back any more. */
    remove(): void;
    close(): void;
}
