import type { CanonicalRequest } from '../../canonical/types.ts';
import type { BuildContext, UpstreamRequest } from '../provider.ts';
import type { ChatGptConfig } from './config.ts';
/** Whose text becomes `instructions`. */
interface InstructionSource {
    /** Codex's text for a model, or the operator's own file, as configured. */
    textFor(model: string): string;
    /** Has the backend refused any other text for this model? */
    insists(model: string): boolean;
    /** The short text for a request without one. */
    readonly neutral: string;
}
export interface ChatGptContext extends Pick<BuildContext, 'model' | 'clientId' | 'ignore'> {
    config: Pick<ChatGptConfig, 'instructions' | 'reasoningEffort' | 'reasoningSummary' | 'textVerbosity'>;
    instructions: InstructionSource;
}
export interface ChatGptRequest {
    body: Record<string, unknown>;
    /** Request headers that tell the backend which conversation this is. */
    headers: Record<string, string>;
    restoreEvent: UpstreamRequest['restoreEvent'];
}
/**
 * Pure. @throws OpenCompatError for what cannot be left out without lying: references to stored items, tools that the
 * backend does not serve, content that it does not take
 */
export declare function buildChatGptBody(asked: CanonicalRequest, context: ChatGptContext): ChatGptRequest;
export {};
