/**
 * What a refusal says of the fields that a server, or one of its models, does not take: each server says it in words of its
 * own, so that what was sent is looked for in what is said. Pure.
 */
import type { ReasoningTextField } from '../apis/chat-completions/server-state.ts';
import type { ReasoningEffort } from '../canonical/types.ts';
import type { OpenCompatError } from '../errors.ts';
import { type Json } from '../lenient-json.ts';
/** What a request can do without. */
export interface RefusedFields {
    /** Fields of the body, and the words of `quirks` for what is inside of it. */
    fields: readonly string[];
    /** The words of `reasoning_effort` that are taken instead, weakest first. */
    efforts?: readonly ReasoningEffort[];
    /** What it misses: the reasoning beside tool calls, in this field. */
    reasoning?: ReasoningTextField;
}
/** What a request may have inside of its messages and tools that some servers refuse. */
export declare const quirks: readonly ['developer', 'ending', 'names', 'order', 'reasoning_content', 'schemas', 'strict', 'system'];
/**
 * Undefined when the refusal says nothing of the kind, or an answer without the field would be to another question.
 * @param sent the body that was refused; absent: the named fields are assumed to have been in it
 */
export declare function readRefusedFields(error: OpenCompatError, sent?: Json): RefusedFields | undefined;
