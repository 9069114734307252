/**
 * The order of messages that the chat templates of all models take: instructions at the beginning and nowhere else, then the
 * user and the assistant in turn, the user first. Qwen's, Mistral's, Gemma's and other templates refuse anything else
 * (seen 2026), and servers of OpenAI's own models take this order as well.
 */
import type { Json } from '../../lenient-json.ts';
export interface TemplateOptions {
    /** Does the template know instructions at all? Without, the user tells them (Gemma 2). Default true. */
    hasInstructions?: boolean;
    /**
     * Does the user speak behind the outputs of tools? Mistral's server and its template refuse it ("Unexpected role 'user' after
     * role 'tool'", "roles must alternate"; seen 2026). Default true.
     */
    mayFollowTools?: boolean;
}
/** Instructions that come later are told by the user, and what one side says in several messages becomes one of them. */
export declare function toTemplateOrder(messages: readonly Json[], { hasInstructions, mayFollowTools }?: TemplateOptions): Json[];
/** For servers that do not go on with what the assistant has begun, unless the client has asked for that in their words. */
export declare function withLastWordOfUser(messages: readonly Json[]): Json[];
