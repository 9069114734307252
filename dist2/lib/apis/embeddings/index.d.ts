/** The OpenAI Embeddings API, as its clients speak it. */
import type { ClientApi } from '../api.ts';
import { type EmbeddingsRequest } from './schema.ts';
export declare const embeddings: ClientApi<EmbeddingsRequest>;
