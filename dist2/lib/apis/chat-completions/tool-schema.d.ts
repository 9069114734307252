/** The schema of a Chat Completions request's tools and tool choice, and the types of checked ones. */
import type { JsonSchema } from '../../json-schema.ts';
import type { Place } from '../search-location.ts';
export declare const functionDefinition: JsonSchema;
export declare const searchOptions: {
    readonly search_context_size: JsonSchema;
    readonly user_location: JsonSchema;
};
/** Without a `discriminator`: the translation decides which tool types are served. */
export declare const tool: JsonSchema;
export declare const toolChoice: JsonSchema;
export interface FunctionDefinition {
    name: string;
    description?: string | null;
    /** Providers repair what is no schema of an object. */
    parameters?: unknown;
    strict?: boolean | null;
}
interface CustomDefinition {
    name: string;
    description?: string | null;
    format?: {
        type: 'text';
    } | {
        type: 'grammar';
        grammar: {
            syntax: 'lark' | 'regex';
            definition: string;
        };
    } | null;
}
export interface WebSearchOptions {
    search_context_size?: 'low' | 'medium' | 'high' | null;
    user_location?: (Place & {
        approximate?: Place | null;
    }) | null;
    filters?: Record<string, unknown> | null;
}
export type ChatTool = {
    type: 'function';
    function: FunctionDefinition;
} | {
    type: 'custom';
    custom: CustomDefinition;
} | ({
    type: 'web_search';
} & WebSearchOptions) | {
    type: 'image_generation';
};
export type ToolReference = {
    type: 'function';
    function: {
        name: string;
    };
} | {
    type: 'custom';
    custom: {
        name: string;
    };
};
export type ToolChoice = 'none' | 'auto' | 'required' | ToolReference | {
    type: 'allowed_tools';
    allowed_tools: {
        mode: 'auto' | 'required';
        tools: ToolReference[];
    };
};
export {};
