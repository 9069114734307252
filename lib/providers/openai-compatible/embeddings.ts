/** Embeddings requests to OpenAI-compatible servers, and their answers. Pure. */
import type { CanonicalRequest, EmbeddingsResult } from '../../canonical/types.ts';
import { asObject, type Json } from '../../lenient-json.ts';

export function toEmbeddingsBody({ embeddings, extra }: CanonicalRequest, model: string): Json {
  const { input, dimensions, user } = embeddings!;
  return {
    ...extra,
    model,
    input,
    encoding_format: 'float',
    ...(dimensions !== undefined && { dimensions }),
    ...(user !== undefined && { user }),
  };
}

/** @throws SyntaxError when a vector is missing or malformed */
export function readEmbeddings({ data, usage }: Json): EmbeddingsResult {
  if (!Array.isArray(data)) throw new SyntaxError('no list of vectors');
  const vectors: number[][] = [];
  for (const [place, entry] of data.entries()) {
    const { index = place, embedding } = asObject(entry) ?? {};
    // In any order: the index says whose vector it is.
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= data.length) {
      throw new SyntaxError('a vector out of range');
    }
    vectors[index as number] = readVector(embedding);
  }
  if (Object.keys(vectors).length !== data.length) throw new SyntaxError('a vector twice');
  const tokens = asObject(usage)?.prompt_tokens ?? asObject(usage)?.total_tokens;
  return { vectors, ...(typeof tokens === 'number' && Number.isFinite(tokens) && { inputTokens: tokens }) };
}

/** Numbers, or little-endian 32-bit floats in base64, which some servers give unasked. */
function readVector(embedding: unknown): number[] {
  if (typeof embedding === 'string') {
    const bytes = Buffer.from(embedding, 'base64');
    if (bytes.length === 0 || bytes.length % 4 !== 0) throw new SyntaxError('no vector in base64');
    return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
  }
  if (!Array.isArray(embedding) || embedding.length === 0) throw new SyntaxError('no vector');
  if (!embedding.every(Number.isFinite)) throw new SyntaxError('a vector of something else than numbers');
  return embedding as number[];
}
