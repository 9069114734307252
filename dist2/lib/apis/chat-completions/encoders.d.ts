import { type AnswerContext, type AnswerEncoder, type StreamEncoder } from '../api.ts';
import type { ChatRequest } from './schema.ts';
export declare function createStreamEncoder(body: ChatRequest, context: AnswerContext): StreamEncoder;
export declare function createAnswerEncoder(body: ChatRequest, context: AnswerContext): AnswerEncoder;
