import { type AnswerContext, type AnswerEncoder, type StreamEncoder } from '../api.ts';
import type { ImagesRequest } from './schema.ts';
export declare function createAnswerEncoder(body: ImagesRequest, { createdS }: AnswerContext): AnswerEncoder;
export declare function createStreamEncoder(body: ImagesRequest, { createdS }: AnswerContext): StreamEncoder;
