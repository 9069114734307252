/** Vectors → the answer of the Embeddings API. */
import type { EmbeddingsResult } from '../../canonical/types.ts';
import type { EmbeddingsRequest } from './schema.ts';

/** @param model as the client wrote it */
export function encodeEmbeddings(
  { vectors, inputTokens = 0 }: EmbeddingsResult,
  { encoding_format: format }: EmbeddingsRequest,
  model: string,
): object {
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: format === 'base64' ? toBase64(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
  };
}

/** 32-bit floats, little-endian: what the OpenAI SDKs ask for by default, and turn back into numbers. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}
