/**
 * The request body of POST /v1/chat/completions: its schema, and the type of a checked body. Lenient where
 * the OpenAI API and its clients are: unknown keys pass, and null means "not given" wherever an SDK may send it.
 */
import { type ReasoningEffort, type ReasoningSummary, type ServiceTier, type Verbosity } from '../../canonical/types.ts';
import type { JsonSchema } from '../../json-schema.ts';
import { type ChatMessage } from './message-schema.ts';
import { type ChatTool, type FunctionDefinition, type ToolChoice, type WebSearchOptions } from './tool-schema.ts';
export declare const chatProperties: {
    readonly temperature: JsonSchema;
    readonly top_p: JsonSchema;
    readonly presence_penalty: JsonSchema;
    readonly frequency_penalty: JsonSchema;
    readonly logit_bias: {
        readonly type: readonly ["object", "null"];
        readonly additionalProperties: {
            readonly type: 'number';
            readonly minimum: -100;
            readonly maximum: 100;
        };
    };
    readonly seed: JsonSchema;
    readonly model: {
        readonly type: 'string';
        readonly minLength: 1;
    };
    readonly messages: {
        readonly type: 'array';
        readonly minItems: 1;
        readonly items: JsonSchema;
    };
    readonly stream: {
        readonly type: readonly ['boolean', 'null'];
    };
    readonly stream_options: {
        readonly type: readonly ["object", "null"];
        readonly properties: {
            readonly include_usage: {
                readonly type: readonly ['boolean', 'null'];
            };
            readonly include_obfuscation: {
                readonly type: readonly ['boolean', 'null'];
            };
        };
    };
    readonly n: JsonSchema;
    readonly tools: JsonSchema;
    readonly tool_choice: JsonSchema;
    readonly parallel_tool_calls: {
        readonly type: readonly ['boolean', 'null'];
    };
    readonly functions: JsonSchema;
    readonly function_call: {
        readonly enum?: readonly unknown[];
        readonly const?: unknown;
        readonly additionalProperties?: boolean | JsonSchema;
        readonly items?: JsonSchema;
        readonly default?: unknown;
        readonly description?: string;
        type: string | readonly string[];
        required: readonly string[];
        properties: Readonly<Record<string, JsonSchema>> | {
            readonly name: {
                readonly type: 'string';
                readonly minLength: 1;
            };
        };
    };
    readonly web_search_options: {
        readonly type: readonly ["object", "null"];
        readonly properties: {
            readonly search_context_size: JsonSchema;
            readonly user_location: JsonSchema;
        };
    };
    readonly response_format: JsonSchema;
    readonly verbosity: JsonSchema;
    readonly modalities: JsonSchema;
    readonly audio: {
        readonly type: readonly ['object', 'null'];
    };
    readonly reasoning_effort: JsonSchema;
    readonly reasoning: {
        readonly type: readonly ["object", "null"];
        readonly properties: {
            readonly effort: JsonSchema;
            readonly summary: JsonSchema;
            readonly enabled: {
                readonly type: readonly ['boolean', 'null'];
            };
        };
    };
    readonly thinking: {
        readonly type: readonly ["object", "boolean", "null"];
        readonly properties: {
            readonly type: {
                readonly type: 'string';
            };
        };
    };
    readonly enable_thinking: {
        readonly type: readonly ['boolean', 'null'];
    };
    readonly stop: JsonSchema;
    readonly max_tokens: JsonSchema;
    readonly max_completion_tokens: JsonSchema;
    readonly top_k: JsonSchema;
    readonly logprobs: {
        readonly type: readonly ['boolean', 'null'];
    };
    readonly top_logprobs: JsonSchema;
    readonly prediction: {
        readonly type: readonly ["object", "null"];
        readonly required: readonly ["type", "content"];
        readonly properties: {
            readonly type: {
                readonly const: 'content';
            };
            readonly content: JsonSchema;
        };
    };
    readonly user: {
        readonly type: readonly ['string', 'null'];
    };
    readonly safety_identifier: {
        readonly type: readonly ['string', 'null'];
    };
    readonly metadata: {
        readonly type: readonly ["object", "null"];
        readonly additionalProperties: {
            readonly type: 'string';
        };
    };
    readonly store: {
        readonly type: readonly ['boolean', 'null'];
    };
    readonly service_tier: JsonSchema;
    readonly prompt_cache_key: {
        readonly type: readonly ['string', 'null'];
    };
    readonly prompt_cache_retention: {
        readonly type: readonly ['string', 'null'];
    };
    readonly prompt_cache_options: {
        readonly type: readonly ['object', 'null'];
    };
    readonly moderation: {
        readonly type: readonly ['object', 'null'];
    };
};
/** Either form of the request: this API's, or that of the Responses API. */
export declare const chatRequestSchema: JsonSchema;
/** The fields that this server itself reads in a request that it passes on. */
export declare const chatOutlineSchema: JsonSchema;
type ResponseFormat = {
    type: 'text';
} | {
    type: 'json_object';
} | {
    type: 'json_schema';
    json_schema: {
        name: string;
        description?: string | null;
        schema?: Record<string, unknown> | null;
        strict?: boolean | null;
    };
};
/** A body that `chatRequestSchema` has passed. */
export interface ChatRequest {
    model: string;
    messages: ChatMessage[];
    stream?: boolean | null;
    stream_options?: {
        include_usage?: boolean | null;
    } | null;
    n?: number | null;
    tools?: (ChatTool | {
        type: string;
    })[] | null;
    tool_choice?: ToolChoice | null;
    parallel_tool_calls?: boolean | null;
    functions?: FunctionDefinition[] | null;
    function_call?: 'none' | 'auto' | {
        name: string;
    } | null;
    web_search_options?: WebSearchOptions | null;
    response_format?: ResponseFormat | null;
    verbosity?: Verbosity | null;
    modalities?: string[] | null;
    audio?: object | null;
    reasoning_effort?: ReasoningEffort | null;
    reasoning?: {
        effort?: ReasoningEffort | null;
        summary?: ReasoningSummary | null;
        enabled?: boolean | null;
    } | null;
    /** De-facto switches of other servers; here they mean on or off. */
    thinking?: boolean | {
        type?: string;
    } | null;
    enable_thinking?: boolean | null;
    stop?: string | string[] | null;
    max_tokens?: number | null;
    max_completion_tokens?: number | null;
    temperature?: number | null;
    top_p?: number | null;
    /** Of other servers. */
    top_k?: number | null;
    presence_penalty?: number | null;
    frequency_penalty?: number | null;
    logit_bias?: Record<string, number> | null;
    logprobs?: boolean | null;
    top_logprobs?: number | null;
    seed?: number | null;
    prediction?: object | null;
    user?: string | null;
    safety_identifier?: string | null;
    metadata?: Record<string, string> | null;
    store?: boolean | null;
    service_tier?: ServiceTier | null;
    prompt_cache_key?: string | null;
    prompt_cache_retention?: string | null;
    prompt_cache_options?: object | null;
    moderation?: object | null;
}
export {};
