/** The requests of the clients' APIs as the newest SDKs type them; only their types are read. */
import type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { ChatRequest, EmbedRequest, GenerateRequest } from 'ollama';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import type { CompletionCreateParamsNonStreaming } from 'openai/resources/completions';
import type { EmbeddingCreateParams } from 'openai/resources/embeddings';
import type { ImageGenerateParamsNonStreaming } from 'openai/resources/images';
import type { ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses';

export interface SdkParams {
  chat: ChatCompletionCreateParamsNonStreaming;
  responses: ResponseCreateParamsNonStreaming;
  completions: CompletionCreateParamsNonStreaming;
  embeddings: EmbeddingCreateParams;
  images: ImageGenerateParamsNonStreaming;
  messages: MessageCreateParamsNonStreaming;
  ollamaChat: ChatRequest;
  ollamaGenerate: GenerateRequest;
  ollamaEmbed: EmbedRequest;
}
