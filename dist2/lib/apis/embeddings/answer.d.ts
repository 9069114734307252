/** Vectors → the answer of the Embeddings API. */
import type { EmbeddingsResult } from '../../canonical/types.ts';
import type { EmbeddingsRequest } from './schema.ts';
/** @param model as the client wrote it */
export declare function encodeEmbeddings({ vectors, inputTokens }: EmbeddingsResult, { encoding_format: format }: EmbeddingsRequest, model: string): object;
