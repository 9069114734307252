/** Canonical tools → the tools of a Chat Completions request; and custom tools as functions, where a server lacks them. */
import type { CanonicalEvent, CanonicalRequest } from '../../canonical/types.ts';
import { type Json } from '../../lenient-json.ts';
import { type ParametersOptions } from '../tool-parameters.ts';
export interface ToolOptions extends ParametersOptions {
    /** Does the server take custom (free text) tools? Default false: they become functions of one text, `input`. */
    hasCustomTools?: boolean;
    /** Does it take `tool_choice: {type: 'allowed_tools'}`? Default false: only the allowed tools are sent. */
    hasAllowedTools?: boolean;
}
export interface ToolContext extends ToolOptions {
    /** Names a parameter that is dropped, so that the client is told. */
    ignore(param: string): void;
}
/**
 * `tools`, `tool_choice` and `parallel_tool_calls`; empty without tools, since servers refuse a choice without tools.
 * @throws OpenCompatError OC_TOOL_NOT_SUPPORTED for tools that run upstream, as `toCallableTools`
 */
export declare function toChatTools(request: CanonicalRequest, options: ToolContext): Json;
/** The arguments of the function that stands for a custom tool. */
export declare function toWrappedInput(input: string): string;
/**
 * Returns the function that turns calls of wrapped custom tools back into custom tool calls, and restores namespaces, in the
 * events of the answer; undefined when all tools went out unchanged. It keeps state by item id, so that one serves all choices
 * of a request.
 */
export declare function restoreCustomCalls({ tools }: CanonicalRequest, options: ToolOptions): ((event: CanonicalEvent) => CanonicalEvent) | undefined;
