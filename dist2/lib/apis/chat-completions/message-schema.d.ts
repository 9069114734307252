export declare const textParts: import("../../json-schema.ts").JsonSchema;
export declare const message: import("../../json-schema.ts").JsonSchema;
export interface TextPart {
    type: 'text';
    text: string;
}
export type ContentPart = TextPart | {
    type: 'image_url';
    image_url: string | {
        url: string;
        detail?: 'auto' | 'low' | 'high' | 'original' | null;
    };
} | {
    type: 'file';
    file: {
        file_data?: string | null;
        file_id?: string | null;
        filename?: string | null;
    };
} | {
    type: 'input_audio';
    input_audio: object;
};
type AssistantPart = TextPart | {
    type: 'refusal';
    refusal: string;
};
type ChatToolCall = {
    type: 'function';
    id: string;
    function: {
        name: string;
        arguments: string;
    };
} | {
    type: 'custom';
    id: string;
    custom: {
        name: string;
        input: string;
    };
};
export interface AssistantMessage {
    role: 'assistant';
    content?: string | AssistantPart[] | null;
    refusal?: string | null;
    tool_calls?: ChatToolCall[] | null;
    function_call?: {
        name: string;
        arguments: string;
    } | null;
    /** Of other servers, unchecked: the reasoning that led to this message. */
    reasoning_content?: unknown;
    reasoning?: unknown;
    reasoning_details?: unknown;
}
export type ChatMessage = {
    role: 'system' | 'developer';
    content: string | TextPart[];
} | {
    role: 'user';
    content: string | ContentPart[];
} | AssistantMessage | {
    role: 'tool';
    tool_call_id: string;
    content: string | ContentPart[] | null;
} | {
    role: 'function';
    name: string;
    content?: string | null;
};
export {};
