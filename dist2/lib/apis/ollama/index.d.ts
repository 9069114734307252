/** The Ollama API, as its clients speak it: a `ClientApi` for each request that the chain answers. */
import type { ClientApi } from '../api.ts';
import { type ChatBody, type EmbedBody, type EmbeddingsBody, type GenerateBody } from './schema.ts';
export declare const ollamaChat: ClientApi<ChatBody>;
export declare const ollamaGenerate: ClientApi<GenerateBody>;
export declare const ollamaEmbed: ClientApi<EmbedBody>;
export declare const ollamaEmbeddings: ClientApi<EmbeddingsBody>;
