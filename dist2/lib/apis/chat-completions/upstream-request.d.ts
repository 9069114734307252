/** Canonical request → the body of a Chat Completions request to an upstream: everything that the API can express. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { Json } from '../../lenient-json.ts';
import { type MessageOptions } from './upstream-messages.ts';
import { type ToolOptions } from './upstream-tools.ts';
/** The differences between servers of this API. The defaults suit most of them. */
export interface ChatBodyOptions extends MessageOptions, ToolOptions {
    /** As the provider names it. */
    model: string;
    /** Names a parameter that is dropped, so that the client is told. */
    ignore(param: string): void;
    /** Default `max_tokens`; OpenAI's reasoning models refuse it. */
    maxTokensField?: 'max_tokens' | 'max_completion_tokens';
    /** The field for the effort. Default `reasoning_effort`; with `none` the effort is dropped, and reported as ignored. */
    reasoningEffort?: 'reasoning_effort' | 'none';
    /**
     * Fields of the body, as this API calls them, that the server refuses. They are dropped, and reported as ignored where a
     * client asked for them; `tools` and `response_format` should be refused earlier instead.
     */
    omit?: ReadonlySet<string>;
}
/**
 * Pure. Always asks for a stream, with its usage at the end. Without `hasCustomTools`, the answer's events have to go through
 * `restoreCustomCalls`.
 * @throws OpenCompatError for what cannot be left out without lying: OC_TOOL_NOT_SUPPORTED for tools that run upstream,
 * OC_UNSUPPORTED_PARAMETER and OC_UNSUPPORTED_VALUE for references to stored items, OC_ORPHAN_TOOL_OUTPUT
 */
export declare function toChatBody(request: CanonicalRequest, options: ChatBodyOptions): Json;
