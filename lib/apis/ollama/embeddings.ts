/** Vectors: /api/embed, and its predecessor /api/embeddings. */
import type { CanonicalRequest, EmbeddingsResult } from '../../canonical/types.ts';
import type { AnswerContext, RequestContext } from '../api.ts';
import type { EmbedBody, EmbeddingsBody } from './schema.ts';

export function embedToCanonical(body: EmbedBody, context: RequestContext): CanonicalRequest {
  const input = typeof body.input === 'string' ? [body.input] : (body.input ?? []);
  // The provider reports a text that is too long; nothing is cut here silently.
  if (body.truncate === true) context.ignore('truncate');
  return toRequest(body.model, input, body.dimensions);
}

export function embeddingsToCanonical({ model, prompt }: EmbeddingsBody): CanonicalRequest {
  return toRequest(model, prompt ? [prompt] : []);
}

function toRequest(model: string, input: string[], dimensions?: number | null): CanonicalRequest {
  return { model, input: [], stream: false, embeddings: { input, ...(dimensions != null && { dimensions }) } };
}

export function encodeEmbed(
  { vectors, inputTokens }: EmbeddingsResult,
  _body: EmbedBody,
  context: AnswerContext,
): object {
  return {
    model: context.model,
    embeddings: vectors,
    total_duration: Math.max(1, Math.round((context.nowMs() - context.receivedMs) * 1e6)),
    load_duration: 0,
    ...(inputTokens !== undefined && { prompt_eval_count: inputTokens }),
  };
}

export function encodeEmbeddings({ vectors }: EmbeddingsResult): object {
  return { embedding: vectors[0] ?? [] };
}
