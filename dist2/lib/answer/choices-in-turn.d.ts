import type { UpstreamAnswer } from '../providers/provider.ts';
import type { AnswerHandler } from './answer-handler.ts';
export interface ChoicesOptions {
    /** How many choices are to be asked for: known when the first is open, as a refusal may have changed the request. */
    count(): number;
    /** How many may run at a time. */
    atOnce: number;
    /** Sends the request for a choice and waits for the answer's head. */
    open(choice: number): Promise<UpstreamAnswer>;
    /** Begins the answer to the client, once the heads of the first round have come. */
    begin(): AnswerHandler;
    /** Called when the last request has been sent. */
    onAllOpen(): void;
}
/**
 * Gets the answers of all choices and hands them on. The first choice is sent alone, to find out what the backend accepts; then
 * as many others as may run at a time; each that ends makes room for the next. The first failure aborts all answers and rejects
 * the promise.
 */
export declare function answerChoices({ atOnce, open, begin, onAllOpen, ...options }: ChoicesOptions): Promise<void>;
