/**
 * The request body of POST /v1/messages: its schema, and the type of a checked body. Lenient where Anthropic's
 * API and its clients are: unknown keys and block types pass (the translation decides on them), and null
 * means "not given" wherever an SDK may send it.
 */
import type { JsonSchema } from '../../json-schema.ts';
/** POST /v1/messages/count_tokens. */
export declare const countRequestSchema: JsonSchema;
/** POST /v1/messages. */
export declare const messagesRequestSchema: JsonSchema;
/** The fields that this server itself reads in a request that it passes on. */
export declare const messagesOutlineSchema: JsonSchema;
export interface TextBlock {
    type: 'text';
    text: string;
}
export interface ImageBlock {
    type: 'image';
    source: {
        type: 'base64';
        media_type: string;
        data: string;
    } | {
        type: 'url';
        url: string;
    } | {
        type: 'file';
    };
}
export interface DocumentBlock {
    type: 'document';
    source: {
        type: 'base64';
        media_type?: string;
        data: string;
    } | {
        type: 'text';
        data: string;
    } | {
        type: 'url';
        url: string;
    } | {
        type: 'content';
        content: string | (TextBlock | ImageBlock)[];
    } | {
        type: 'file';
    };
    title?: string | null;
    context?: string | null;
    citations?: {
        enabled?: unknown;
    } | null;
}
interface SearchResultBlock {
    type: 'search_result';
    source: string;
    title: string;
    content: TextBlock[];
    citations?: {
        enabled?: unknown;
    } | null;
}
/** The result of the tool with which a client searches its tools. */
interface ToolReferenceBlock {
    type: 'tool_reference';
    tool_name: string;
}
/** Content that a user or a tool can show to the model. */
export type ShownBlock = TextBlock | ImageBlock | DocumentBlock | SearchResultBlock | ToolReferenceBlock;
export interface ToolResultBlock {
    type: 'tool_result';
    tool_use_id: string;
    content?: string | ShownBlock[] | null;
    is_error?: boolean | null;
}
export type AssistantBlock = TextBlock | {
    type: 'thinking';
    thinking: string;
    signature?: string | null;
} | {
    type: 'tool_use';
    id: string;
    name: string;
    input?: unknown;
} | {
    type: 'compaction';
    content?: string | null;
};
/** Adds or removes a tool from this point of the conversation on. */
export interface ToolChangeBlock {
    type: 'tool_addition' | 'tool_removal';
    tool: {
        type: 'tool_definition';
        definition: Tool;
    } | {
        type: 'tool_reference';
        name: string;
    };
}
type Message = {
    role: 'user';
    content: string | (ShownBlock | ToolResultBlock)[];
} | {
    role: 'assistant';
    content: string | AssistantBlock[];
} | {
    role: 'system';
    content?: string | (TextBlock | ToolChangeBlock)[] | null;
    output_config?: object | null;
    /** Until which message the text is shown to the model. */
    clear_at?: string | null;
};
export interface Tool {
    /** Absent, or `custom`: one of the client's own. Else a tool of Anthropic's with its date, such as `bash_20250124`. */
    type?: string | null;
    name?: string;
    description?: string | null;
    /** Providers repair what is no schema of an object. */
    input_schema?: unknown;
    strict?: boolean | null;
    allowed_callers?: unknown;
    defer_loading?: unknown;
    input_examples?: unknown;
    max_uses?: number | null;
    allowed_domains?: string[] | null;
    blocked_domains?: string[] | null;
    user_location?: Partial<Record<'city' | 'country' | 'region' | 'timezone', string | null>> | null;
    display_width_px?: unknown;
    display_height_px?: unknown;
}
interface ToolChoice {
    type: 'auto' | 'any' | 'none' | 'tool';
    name?: string;
    disable_parallel_tool_use?: boolean | null;
}
interface JsonFormat {
    type: 'json_schema';
    schema?: Record<string, unknown>;
}
/** A body that one of the schemas has passed. */
export interface MessagesRequest {
    model: string;
    messages: Message[];
    system?: string | (TextBlock & {
        citations?: object | null;
    })[] | null;
    /** Absent when only tokens are counted. */
    max_tokens?: number;
    stream?: boolean | null;
    stop_sequences?: string[] | null;
    temperature?: number | null;
    top_p?: number | null;
    top_k?: number | null;
    metadata?: {
        user_id?: string | null;
    } | null;
    service_tier?: string | null;
    speed?: string | null;
    tools?: Tool[] | null;
    tool_choice?: ToolChoice | null;
    thinking?: {
        type: 'enabled' | 'adaptive' | 'between_tools' | 'disabled';
        budget_tokens?: number | null;
        display?: string | null;
        block_binding?: object | null;
    } | null;
    output_config?: {
        effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max' | null;
        format?: JsonFormat | null;
        task_budget?: object | null;
    } | null;
    /** The beta's name for `output_config.format`. */
    output_format?: JsonFormat | null;
    /** Asks why the prompt cache missed, which nobody here knows. */
    diagnostics?: object | null;
    /** State that the server would have to hold. */
    thread?: object | null;
    container?: string | object | null;
    mcp_servers?: unknown[] | null;
}
export {};
