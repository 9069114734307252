import type { AnswerContext, AnswerEncoder, StreamEncoder } from '../api.ts';
import type { MessagesRequest } from './schema.ts';
export declare function createStreamEncoder(body: MessagesRequest, context: AnswerContext): StreamEncoder;
export declare function createAnswerEncoder(body: MessagesRequest, context: AnswerContext): AnswerEncoder;
