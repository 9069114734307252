/**
 * Writes canonical events for an upstream that speaks another API than Responses: the content alone, in order. The regulariser
 * behind every decoder completes the stream: it adds the opening and closing events, the numbers, and the full texts.
 */
import type { CanonicalEvent, CanonicalUsage } from './types.ts';
/** What is known of an answer before it comes. */
export interface AnswerFacts {
    /** Unique; the ids of the answer and of its items are made from it. */
    readonly id: string;
    /** Unix time in seconds. */
    readonly createdS: number;
    readonly model: string;
}
export interface UrlCitation {
    type: 'url_citation';
    url: string;
    title: string;
    /** In UTF-16 units, from the start of its text part. */
    start_index: number;
    end_index: number;
}
/** The log probability of a token, and of its alternatives. */
export interface TokenLogprob {
    token: string;
    logprob: number;
    bytes?: number[];
    top_logprobs?: TokenLogprob[];
}
/** A call that is being written. */
export interface OpenCall {
    readonly type: 'function_call' | 'custom_tool_call';
    readonly callId: string;
    readonly name: string;
    readonly outputIndex: number;
    hasInput: boolean;
    isDone: boolean;
}
/** How an answer ends. */
export interface AnswerEnd {
    /** Absent: it is complete. */
    incomplete?: 'max_output_tokens' | 'content_filter';
    usage?: CanonicalUsage;
    serviceTier?: string;
    /** The stop sequence at which it ended. */
    stopSequence?: string;
}
export declare class EventWriter {
    #private;
    constructor(facts: AnswerFacts, onEvent: (event: CanonicalEvent) => void);
    get hasBegun(): boolean;
    /** Was the last piece reasoning? */
    get isReasoning(): boolean;
    /** UTF-16 units of the open text part; 0 when none is open. */
    get openTextLength(): number;
    /** UTF-16 units of the last text part. */
    get textLength(): number;
    /** Items so far. */
    get itemCount(): number;
    begin(): void;
    /** The hot path: one event. */
    text(delta: string, logprobs?: readonly TokenLogprob[]): void;
    refusal(delta: string): void;
    reasoning(delta: string): void;
    /** Ends this reasoning: reasoning that follows is a new item. */
    endReasoning(): void;
    /** Adds the encrypted reasoning that only the upstream can read, to the open reasoning item or to a new one. */
    encryptedReasoning(text: string): void;
    /** Of the last text. */
    annotate(annotation: UrlCitation): void;
    /** @param result the picture in base64 */
    image(result: string, format: string): void;
    /** A finished call of a tool that ran upstream. */
    hostedItem(fields: {
        type: string;
        [field: string]: unknown;
    }): void;
    /** Several calls may be open at a time, their input interleaved. */
    openCall(type: OpenCall['type'], callId: string, name: string): OpenCall;
    callInput(call: OpenCall, delta: string): void;
    closeCall(call: OpenCall, status?: 'completed' | 'incomplete'): void;
    finish({ incomplete, usage, serviceTier, stopSequence }: AnswerEnd): void;
}
