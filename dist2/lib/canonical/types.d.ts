/**
 * The canonical form in the middle: requests and stream events of the OpenAI Responses API, the richest of the APIs
 * spoken here. Every client API is translated to it and from it, and so is every upstream API (N+M, not N×M).
 * The types are the `openai` package's (types only; nothing of it is loaded at run time).
 */
import type { ResponseCreateParamsBase, ResponseInputItem, Response as ResponseObject, ResponseOutputItem, ResponseStreamEvent, ResponseUsage } from 'openai/resources/responses/responses';
export type CanonicalEvent = ResponseStreamEvent;
/** The Responses API's answer, with what only other APIs tell. */
export interface CanonicalResponse extends ResponseObject {
    /** The sequence of `CanonicalRequest.stop` at which the text ended, where known. */
    stop_sequence?: string;
}
/** Has a limit or a filter cut the answer? One that was ended for the sake of new input is whole as far as it goes. */
export declare function isCut({ status, incomplete_details: details }: CanonicalResponse): boolean;
export type CanonicalInputItem = ResponseInputItem;
export type CanonicalOutputItem = ResponseOutputItem;
export type CanonicalUsage = ResponseUsage;
/** Weakest first. */
export declare const reasoningEfforts: readonly ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'];
/** Effort as configured, asked for by a client, or named by a model-name suffix. */
export type ReasoningEffort = (typeof reasoningEfforts)[number];
export declare function isReasoningEffort(value: unknown): value is ReasoningEffort;
export declare const reasoningSummaries: readonly ['auto', 'concise', 'detailed', 'none'];
export type ReasoningSummary = (typeof reasoningSummaries)[number];
export declare const verbosities: readonly ['low', 'medium', 'high'];
export type Verbosity = (typeof verbosities)[number];
export declare const serviceTiers: readonly ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'];
export type ServiceTier = (typeof serviceTiers)[number];
/**
 * A request in canonical form: the Responses API's create parameters with `input` always a list, and the few
 * parameters of other APIs that are emulated here because the Responses API has no word for them.
 */
export interface CanonicalRequest extends Omit<ResponseCreateParamsBase, 'input' | 'model' | 'reasoning' | 'stream'> {
    /** As the client wrote it; `exchange.model` holds what it resolved to. */
    model: string;
    input: CanonicalInputItem[];
    stream: boolean;
    reasoning?: {
        effort?: ReasoningEffort | null;
        summary?: ReasoningSummary | null;
        /** How much is thought, and of what; only servers of the Responses API know these. */
        mode?: string | null;
        context?: string | null;
    } | null;
    /** Sequences at which the text ends (not part of the answer). Emulated here where the provider lacks it. */
    stop?: string[];
    /** `false`: the request is only kept, for others to go on from, and gets no answer. Default true. */
    generate?: boolean;
    /** The request asks only for a picture. `model` may then be one that only draws (`gpt-image-1`), which no provider lists. */
    draws?: boolean;
    /** How many answers to give to each conversation, side by side. Default 1. */
    choices?: number;
    /**
     * Further conversations to answer in the same way, where a request holds several (a list of prompts); `input`
     * is the first. All choices of one come before those of the next. Providers are given one conversation at a time.
     */
    moreInputs?: CanonicalInputItem[][];
    /** Sampling of the Chat Completions API and of others; what a provider does not take is named to the client. */
    frequency_penalty?: number;
    presence_penalty?: number;
    logit_bias?: Record<string, number>;
    seed?: number;
    top_k?: number;
    /** Chat Completions' switch for log probabilities; `top_logprobs` says how many. */
    logprobs?: boolean;
    prediction?: object;
    /**
     * Fields of the client's request that its API does not document. Only a provider that speaks the same API is given them: it
     * may know them.
     */
    extra?: Record<string, unknown>;
    /** The texts to turn into vectors, for a request for embeddings; `input` is then empty. */
    embeddings?: EmbeddingsInput;
}
/** Like the parameters of OpenAI's Embeddings API, with `input` always a list. */
export interface EmbeddingsInput {
    /** Texts, or their tokens. */
    input: string[] | number[][];
    dimensions?: number;
    user?: string;
}
/** The vectors, in the order of the inputs. */
export interface EmbeddingsResult {
    vectors: number[][];
    /** Tokens, where the provider tells. */
    inputTokens?: number;
}
