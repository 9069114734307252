/** The OpenAI Images API, as its clients speak it: pictures from a prompt. */
import type { ClientApi } from '../api.ts';
import { toOpenAiError } from '../openai-error.ts';
import { createAnswerEncoder, createStreamEncoder } from './encoders.ts';
import { toCanonical } from './request.ts';
import { type ImagesRequest, imagesRequestSchema } from './schema.ts';

export const images: ClientApi<ImagesRequest> = {
  name: 'images',
  schema: imagesRequestSchema,
  toCanonical,
  isStreaming: (body) => body.stream === true,
  streamType: 'text/event-stream',
  createStreamEncoder,
  createAnswerEncoder,
  errorBody: toOpenAiError,
};
