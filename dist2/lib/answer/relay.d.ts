import { type Json } from '../lenient-json.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { type AnswerEnd } from './answer-end.ts';
import type { ClientAnswer } from './client-answer.ts';
import { type WholeOptions } from './read-whole.ts';
export interface RelayOptions extends WholeOptions {
    client: ClientAnswer;
    isStreaming: boolean;
    /**
     * The answer is complete.
     * @param tail the data of its last event with usage, or the whole JSON answer
     * @param textBytes about how much text the answer held, where nothing tells
     */
    onComplete(tail: Json | undefined, end: AnswerEnd, textBytes: () => number): void;
    /** The text sent while the upstream is silent; '' = none. */
    keepalive: string;
    /** Matches the end of a complete stream. Default: Chat Completions' marks. */
    endMark?: RegExp;
}
/**
 * Resolves when the answer has been sent.
 * @throws OpenCompatError for an error under a status of success, and what `UpstreamReader.read` throws
 */
export declare function relayAnswer(answer: UpstreamAnswer, options: RelayOptions): Promise<void>;
