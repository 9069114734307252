/** The OpenAI Embeddings API, as its clients speak it. */
import type { ClientApi } from '../api.ts';
import { toOpenAiError } from '../openai-error.ts';
import { encodeEmbeddings } from './answer.ts';
import { toCanonical } from './request.ts';
import { type EmbeddingsRequest, embeddingsSchema } from './schema.ts';

/** Its requests always ask for vectors, which `encodeEmbeddings` answers. */
function neverAnswered(): never {
  throw new TypeError('a request of the Embeddings API is answered with vectors');
}

export const embeddings: ClientApi<EmbeddingsRequest> = {
  name: 'embeddings',
  schema: embeddingsSchema,
  toCanonical,
  isStreaming: () => false,
  streamType: 'application/json',
  createStreamEncoder: neverAnswered,
  createAnswerEncoder: neverAnswered,
  encodeEmbeddings: (result, body, { model }) => encodeEmbeddings(result, body, model),
  errorBody: toOpenAiError,
};
