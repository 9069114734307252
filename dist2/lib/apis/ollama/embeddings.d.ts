/** Vectors: /api/embed, and its predecessor /api/embeddings. */
import type { CanonicalRequest, EmbeddingsResult } from '../../canonical/types.ts';
import type { AnswerContext, RequestContext } from '../api.ts';
import type { EmbedBody, EmbeddingsBody } from './schema.ts';
export declare function embedToCanonical(body: EmbedBody, context: RequestContext): CanonicalRequest;
export declare function embeddingsToCanonical({ model, prompt }: EmbeddingsBody): CanonicalRequest;
export declare function encodeEmbed({ vectors, inputTokens }: EmbeddingsResult, _body: EmbedBody, context: AnswerContext): object;
export declare function encodeEmbeddings({ vectors }: EmbeddingsResult): object;
