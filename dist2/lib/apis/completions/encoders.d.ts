import { type AnswerContext, type AnswerEncoder, type StreamEncoder } from '../api.ts';
import type { CompletionRequest } from './schema.ts';
export declare function createStreamEncoder(body: CompletionRequest, context: AnswerContext): StreamEncoder;
export declare function createAnswerEncoder(body: CompletionRequest, context: AnswerContext): AnswerEncoder;
