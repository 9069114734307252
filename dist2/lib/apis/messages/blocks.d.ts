/** The parts of an answer of the Messages API. */
export interface WebSearchResult {
    type: 'web_search_result';
    url: string;
    title: string;
    encrypted_content: string;
    page_age: null;
}
export interface WebSearchError {
    type: 'web_search_tool_result_error';
    error_code: 'unavailable';
}
export interface Citation {
    type: 'web_search_result_location';
    url: string;
    title: string;
    cited_text: string;
    encrypted_index: string;
}
/** A block as it starts. */
export type ContentBlock = {
    type: 'text';
    text: string;
    citations?: Citation[];
} | {
    type: 'thinking';
    thinking: string;
    signature: string;
} | {
    type: 'tool_use';
    id: string;
    name: string;
    input: object;
} | {
    type: 'server_tool_use';
    id: string;
    name: 'web_search';
    input: object;
} | {
    type: 'web_search_tool_result';
    tool_use_id: string;
    content: WebSearchResult[] | WebSearchError;
};
export type BlockDelta = {
    type: 'thinking_delta';
    thinking: string;
} | {
    type: 'signature_delta';
    signature: string;
} | {
    type: 'input_json_delta';
    partial_json: string;
} | {
    type: 'citations_delta';
    citation: Citation;
};
export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal';
