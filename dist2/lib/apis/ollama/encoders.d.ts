import type { AnswerContext, AnswerEncoder, StreamEncoder } from '../api.ts';
import type { ChoiceLogprobs } from '../chat-completions/answer-delta.ts';
import type { ChatBody, GenerateBody } from './schema.ts';
/** A piece of an answer. */
export interface Piece {
    content: string;
    thinking?: string;
    /** Base64. */
    images?: string[];
    tool_calls?: {
        id: string;
        function: {
            index: number;
            name: string;
            arguments: object;
        };
    }[];
    /** Of the content's tokens. */
    logprobs?: ChoiceLogprobs['content'];
}
/** The fields of a piece in the answer to one kind of request, and those of the last piece only. */
export interface Wording {
    of(piece: Piece): object;
    readonly atEnd: object;
}
export declare const chatWording: Wording;
export declare const generateWording: Wording;
/** A time as in RFC 3339 (https://www.rfc-editor.org/rfc/rfc3339). @param ms Unix time in milliseconds */
export declare function toTimestamp(ms: number): string;
export declare function createLineEncoder(wording: Wording, body: ChatBody | GenerateBody, context: AnswerContext): StreamEncoder;
export declare function createObjectEncoder(wording: Wording, body: ChatBody | GenerateBody, context: AnswerContext): AnswerEncoder;
