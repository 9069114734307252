/**
 * The request body of POST /v1/responses: its schema, and the type of a checked body. Lenient where the OpenAI
 * API and its clients are: unknown keys, items and tools pass, and null means "not given" wherever an SDK may send it.
 */
import { type ReasoningEffort, type ReasoningSummary, type ServiceTier, type Verbosity } from '../../canonical/types.ts';
import type { JsonSchema } from '../../json-schema.ts';
export declare const responsesRequestSchema: JsonSchema;
/** The fields that this server itself reads in a request to an upstream of the same API. */
export declare const responsesOutlineSchema: JsonSchema;
export interface LooseItem {
    type?: string;
    [key: string]: unknown;
}
/** A body that `responsesRequestSchema` has passed. */
export interface ResponsesRequest {
    model: string;
    /** Sent by messages on a WebSocket, where every answer is a stream. */
    type?: 'response.create' | null;
    /** Of such a message: the connection's own. */
    stream_id?: string | null;
    input?: string | LooseItem[] | null;
    instructions?: string | null;
    stream?: boolean | null;
    stream_options?: object | null;
    store?: boolean | null;
    previous_response_id?: string | null;
    conversation?: string | object | null;
    prompt?: object | null;
    background?: boolean | null;
    /** When and at what price: here at once, at none. */
    /** `false`: answers nothing yet (Codex warms up its connection with it). */
    generate?: boolean | null;
    include?: string[] | null;
    tools?: LooseItem[] | null;
    tool_choice?: 'none' | 'auto' | 'required' | LooseItem | null;
    parallel_tool_calls?: boolean | null;
    max_tool_calls?: number | null;
    text?: {
        format?: LooseItem | null;
        verbosity?: Verbosity | null;
    } | null;
    reasoning?: {
        effort?: ReasoningEffort | null;
        summary?: ReasoningSummary | null;
        /** The former name of `summary`. */
        generate_summary?: ReasoningSummary | null;
        mode?: string | null;
        context?: string | null;
    } | null;
    max_output_tokens?: number | null;
    temperature?: number | null;
    top_p?: number | null;
    top_logprobs?: number | null;
    truncation?: 'auto' | 'disabled' | null;
    metadata?: Record<string, string> | null;
    client_metadata?: object | null;
    user?: string | null;
    safety_identifier?: string | null;
    service_tier?: ServiceTier | null;
    prompt_cache_key?: string | null;
    prompt_cache_retention?: string | null;
    prompt_cache_options?: {
        prewarm?: boolean | null;
    } | null;
    context_management?: unknown;
    moderation?: object | null;
}
