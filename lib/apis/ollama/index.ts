/** The Ollama API, as its clients speak it: a `ClientApi` for each request that the chain answers. */
import type { ClientApi } from '../api.ts';
import { embeddingsToCanonical, embedToCanonical, encodeEmbed, encodeEmbeddings } from './embeddings.ts';
import { chatWording, createLineEncoder, createObjectEncoder, generateWording, type Wording } from './encoders.ts';
import { toErrorBody } from './error-body.ts';
import { chatToCanonical, generateToCanonical, isStreaming } from './request.ts';
import {
  type ChatBody,
  chatSchema,
  type EmbedBody,
  type EmbeddingsBody,
  embeddingsSchema,
  embedSchema,
  type GenerateBody,
  generateSchema,
} from './schema.ts';

const shared = {
  name: 'ollama',
  pathPrefix: '/api/',
  streamType: 'application/x-ndjson',
  errorBody: toErrorBody,
} as const;

const createEncoders = (wording: Wording) => ({
  isStreaming,
  createStreamEncoder: createLineEncoder.bind(undefined, wording),
  createAnswerEncoder: createObjectEncoder.bind(undefined, wording),
});

export const ollamaChat: ClientApi<ChatBody> = {
  ...shared,
  ...createEncoders(chatWording),
  schema: chatSchema,
  toCanonical: chatToCanonical,
};

export const ollamaGenerate: ClientApi<GenerateBody> = {
  ...shared,
  ...createEncoders(generateWording),
  schema: generateSchema,
  toCanonical: generateToCanonical,
};

/** Vectors come whole; the encoders are of no use to them. */
const vectors = { ...shared, ...createEncoders(generateWording), isStreaming: () => false };

export const ollamaEmbed: ClientApi<EmbedBody> = {
  ...vectors,
  schema: embedSchema,
  toCanonical: embedToCanonical,
  encodeEmbeddings: encodeEmbed,
};

export const ollamaEmbeddings: ClientApi<EmbeddingsBody> = {
  ...vectors,
  schema: embeddingsSchema,
  toCanonical: embeddingsToCanonical,
  encodeEmbeddings,
};
