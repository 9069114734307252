/**
 * State that a server gave beside its answer and wants back with the next request: where its reasoning stood, encrypted pieces of
 * it, and fields that only the server knows (Gemini's `extra_content` of tool calls). In the canonical form it travels as
 * the `encrypted_content` of a reasoning item, which every client API has a carrier for, and names the server that gave it:
 * no other server gets it.
 */
import { ValueBudget } from '../../bounded-json.ts';
import { type Json } from '../../lenient-json.ts';
/** Who gave it. */
export interface StateSource {
    /** Name of the provider. */
    provider: string;
    /** As the provider names it. */
    model: string;
}
/** Fields of a message that hold the text of its reasoning, by servers. */
export declare const reasoningTextFields: readonly ['reasoning_content', 'reasoning', 'reasoning_text'];
export type ReasoningTextField = (typeof reasoningTextFields)[number];
export interface ServerState {
    /** The field that the reasoning item's text stood in. */
    text?: ReasoningTextField;
    /** Copilot's encrypted form. */
    opaque?: string;
    /** OpenRouter's details, with their signatures. */
    details?: Json[];
    /** Fields of the message that are not known here. */
    message?: Json;
    /** Fields of its tool calls that are not known here, by call id. */
    calls?: Record<string, Json>;
}
export declare function writeServerState(state: ServerState, source: StateSource | undefined): string;
/** Is it the state of a server of this API, whichever that is? */
export declare function isServerState(encrypted: unknown): boolean;
/**
 * What of it the server may have back. The place of reasoning text is the provider's, the rest the model's own.
 * Undefined for what was encrypted elsewhere, or comes from another provider.
 * @param budget for all states of a request. Default: one for this state
 */
export declare function readServerState(encrypted: unknown, source: StateSource | undefined, budget?: ValueBudget): ServerState | undefined;
/** State in letters, digits, `_` and `-` alone; undefined where it holds no more than the place of a text. */
export declare function toCarriedState(encrypted: string): string | undefined;
export declare function readCarriedState(text: string): string | undefined;
/** The states that a Chat client sends back in the field `reasoning_details`, among others' details. */
export declare function readCarriedDetails(details: unknown): string[];
