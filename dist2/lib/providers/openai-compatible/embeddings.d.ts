/** Embeddings requests to OpenAI-compatible servers, and their answers. Pure. */
import type { CanonicalRequest, EmbeddingsResult } from '../../canonical/types.ts';
import { type Json } from '../../lenient-json.ts';
export declare function toEmbeddingsBody({ embeddings, extra }: CanonicalRequest, model: string): Json;
/** @throws SyntaxError when a vector is missing or malformed */
export declare function readEmbeddings({ data, usage }: Json): EmbeddingsResult;
