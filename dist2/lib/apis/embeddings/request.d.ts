/** Embeddings request → canonical request. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import { type EmbeddingsRequest } from './schema.ts';
/** @throws OpenCompatError for a list of mixed kinds, or a list that is too long */
export declare function toCanonical(body: EmbeddingsRequest): CanonicalRequest;
