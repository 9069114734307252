/**
 * The request bodies of the Ollama API (ollama/ollama: `api/types.go`, `docs/api.md`): the schemas, and the types of checked
 * bodies. Unknown keys pass, as at Ollama.
 */
import type { JsonSchema } from '../../json-schema.ts';
/** Levels of `think`; the last one was added later, for newer models. */
export declare const thinkLevels: readonly ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
export declare const chatSchema: JsonSchema;
export declare const generateSchema: JsonSchema;
export declare const embedSchema: JsonSchema;
export declare const embeddingsSchema: JsonSchema;
/** Requests about a model; `name` is the older word for it. */
export declare const namedModelSchema: JsonSchema;
interface OllamaOptions {
    num_predict?: number | null;
    temperature?: number | null;
    top_p?: number | null;
    top_k?: number | null;
    seed?: number | null;
    stop?: string | string[] | null;
    presence_penalty?: number | null;
    frequency_penalty?: number | null;
}
interface SharedFields {
    model: string;
    /** Absent: true. */
    stream?: boolean | null;
    /** `json`, or a JSON schema. */
    format?: string | Record<string, unknown> | null;
    options?: OllamaOptions | null;
    think?: boolean | string | null;
    keep_alive?: string | number | null;
    /** Leave out the oldest messages, or the oldest tokens while it answers, where the context is too small? */
    truncate?: boolean | null;
    shift?: boolean | null;
    logprobs?: boolean | null;
    top_logprobs?: number | null;
}
export interface OllamaToolCall {
    id?: string | null;
    function: {
        name: string;
        arguments?: Record<string, unknown> | string | null;
    };
}
export type OllamaMessage = {
    role: 'system' | 'developer';
    content?: string | null;
} | {
    role: 'user';
    content?: string | null;
    images?: string[] | null;
} | {
    role: 'assistant';
    content?: string | null;
    thinking?: string | null;
    tool_calls?: OllamaToolCall[] | null;
} | {
    role: 'tool';
    content?: string | null;
    tool_name?: string | null;
    name?: string | null;
    tool_call_id?: string | null;
    images?: string[] | null;
};
export interface OllamaTool {
    type?: string | null;
    function: {
        name: string;
        description?: string | null;
        parameters?: unknown;
    };
}
/** A body that `chatSchema` has passed. */
export interface ChatBody extends SharedFields {
    messages?: OllamaMessage[] | null;
    tools?: OllamaTool[] | null;
}
/** A body that `generateSchema` has passed. */
export interface GenerateBody extends SharedFields {
    prompt?: string | null;
    suffix?: string | null;
    system?: string | null;
    template?: string | null;
    raw?: boolean | null;
    context?: unknown[] | null;
    images?: string[] | null;
    /** Of the picture that a model which draws is asked for. */
    width?: number | null;
    height?: number | null;
    steps?: number | null;
}
/** A body that `embedSchema` has passed. */
export interface EmbedBody {
    model: string;
    input?: string | string[] | null;
    dimensions?: number | null;
    truncate?: boolean | null;
}
/** A body that `embeddingsSchema` has passed. */
export interface EmbeddingsBody {
    model: string;
    prompt?: string | null;
}
/** A body that `namedModelSchema` has passed. */
export interface NamedModelBody {
    model?: string | null;
    name?: string | null;
    stream?: boolean | null;
}
export {};
