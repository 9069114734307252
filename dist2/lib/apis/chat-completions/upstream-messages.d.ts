import type { CanonicalRequest } from '../../canonical/types.ts';
import { type Json } from '../../lenient-json.ts';
import { type ReasoningTextField, type StateSource } from './server-state.ts';
export interface MessageOptions {
    /** Names what is dropped. */
    ignore(param: string): void;
    /** Role of instructions. Default `system`, which every server knows. */
    instructionRole?: 'system' | 'developer';
    /** The server that is asked: state that it gave beside earlier answers goes back to it. Default: none goes back. */
    source?: StateSource;
    /** The field in which the server takes all reasoning text back. Default: none; many refuse such fields (Mistral, OpenAI). */
    reasoningField?: ReasoningTextField;
    /** The field without which the server refuses tool calls (DeepSeek: `reasoning_content`). */
    neededReasoning?: ReasoningTextField | undefined;
    /** Does the server know `refusal` in assistant messages? Default false: a refusal is given back as text. */
    hasRefusals?: boolean;
    hasCustomTools?: boolean;
    /**
     * Returns a call's id in a form that the server takes, always the same for an id. Default: ids of more than 40 characters are
     * shortened.
     */
    toCallId?(id: string): string;
}
/**
 * @throws OpenCompatError OC_ORPHAN_TOOL_OUTPUT, OC_UNSUPPORTED_VALUE for references to stored items
 */
export declare function toChatMessages(request: CanonicalRequest, options: MessageOptions): Json[];
