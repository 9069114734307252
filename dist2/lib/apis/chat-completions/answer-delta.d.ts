/** The pieces of a Chat Completions answer, streamed or added up. */
import type { CanonicalResponse } from '../../canonical/types.ts';
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';
export interface ToolCallDelta {
    /** Counts tool calls only, without gaps: SDKs keep an array. */
    index: number;
    id?: string;
    type?: 'function' | 'custom';
    function?: {
        name?: string;
        arguments: string;
    };
    custom?: {
        name?: string;
        input: string;
    };
}
export interface UrlCitation {
    type: 'url_citation';
    url_citation: {
        start_index: number;
        end_index: number;
        url: string;
        title: string;
    };
}
export interface ImageOutput {
    type: 'image_url';
    image_url: {
        url: string;
    };
}
/** As OpenRouter gives reasoning, besides the plain text. */
export type ReasoningDetail = {
    type: 'reasoning.summary';
    summary: string;
} | {
    type: 'reasoning.text';
    text: string;
} | {
    type: 'reasoning.encrypted';
    data: string;
};
export interface ReasoningContent {
    content: {
        type: 'text';
        text: string;
    }[];
}
export interface ChatDelta {
    role?: 'assistant';
    content?: string;
    refusal?: string;
    reasoning_content?: string;
    reasoning_summary?: string;
    reasoning?: string | ReasoningContent;
    reasoning_details?: ReasoningDetail[];
    annotations?: UrlCitation[];
    images?: ImageOutput[];
    tool_calls?: ToolCallDelta[];
    function_call?: {
        name?: string;
        arguments: string;
    };
}
/** Log probabilities of the text that comes with them. */
export interface ChoiceLogprobs {
    content: {
        token: string;
        logprob: number;
        bytes: number[] | null;
        top_logprobs: object[];
    }[];
    refusal: null;
}
/** Takes the deltas of one choice, in order. The first is always the role. */
export interface DeltaSink {
    /** A delta of text alone: a method of its own because it is called tens of thousands of times. */
    content(text: string): void;
    /** The same with log probabilities, where a client has asked for them. */
    scoredContent(text: string, logprobs: ChoiceLogprobs): void;
    delta(delta: ChatDelta): void;
    finish(reason: FinishReason, response: CanonicalResponse): void;
}
