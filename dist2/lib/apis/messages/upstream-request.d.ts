/** Canonical request → the body of an Anthropic Messages request to an upstream: everything that the API can express. Pure. */
import type { CanonicalRequest, ReasoningEffort } from '../../canonical/types.ts';
import { type Json } from '../../lenient-json.ts';
export interface MessagesBodyOptions {
    /** As the provider names it. */
    model: string;
    /** Names a parameter that is dropped, so that the client is told. */
    ignore(param: string): void;
    /** The model's limit of output tokens; the API wants a limit in every request. */
    maxOutputTokens?: number;
    /** How to ask the model to think: by effort, by a budget of tokens, or not at all. */
    thinking: 'adaptive' | 'budget' | 'none';
    /** The effort of requests without one. */
    defaultEffort: ReasoningEffort;
    /** Fields of the body that the server refuses. They are dropped, and reported as ignored where a client asked for them. */
    omit?: ReadonlySet<string>;
}
/**
 * Always asks for a stream. The answer's calls of custom tools have to go through `restoreCustomCalls`.
 * @throws OpenCompatError for what cannot be left out without lying: OC_TOOL_NOT_SUPPORTED, OC_UNSUPPORTED_PARAMETER,
 * OC_UNSUPPORTED_VALUE
 */
export declare function toMessagesBody(request: CanonicalRequest, options: MessagesBodyOptions): Json;
export declare function toInputSchema(parameters: unknown): Json;
