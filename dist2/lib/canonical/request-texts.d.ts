import type { CanonicalRequest } from './types.ts';
/**
 * What a text is. `tool-arguments`: what a model called a tool with (JSON is taken apart into its texts). `tool-output`: what the
 * tool gave. `reasoning`: what a model thought in an earlier turn. `item`: of any other item of the conversation, such as a search.
 * `tool`: the description of a tool. `parameter`: of a parameter, such as the prediction, `stop`, the format's schema or a field
 * that the API does not document.
 */
export type TextKind = 'instructions' | 'message' | 'reasoning' | 'tool-arguments' | 'tool-output' | 'item' | 'embedding' | 'tool' | 'parameter';
export interface RequestText {
    readonly text: string;
    readonly kind: TextKind;
    /** Of a message: `user`, `assistant`, `system`, `developer`. */
    readonly role?: string;
}
/** @returns the text that takes its place */
export type MapText = (text: string, place: RequestText) => string;
/**
 * Puts `map`'s text in the place of each text of the request. Items that change are copied: stored conversations and the client's
 * body stay as they are. Tokens that came as numbers (embeddings) are no text; see `hasTokenInput`.
 */
export declare function mapRequestTexts(request: CanonicalRequest, map: MapText): void;
/** In order. */
export declare function readRequestTexts(request: CanonicalRequest): RequestText[];
/** Does the request hold text as the numbers of tokens, which nobody here can read? */
export declare function hasTokenInput({ embeddings }: CanonicalRequest): boolean;
