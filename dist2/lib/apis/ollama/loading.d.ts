/**
 * A request without anything to answer asks Ollama to load a model, or with `keep_alive: 0` to unload it. Nothing has to be
 * loaded here, so the answer comes at once.
 */
import type { ChatBody, EmbedBody, EmbeddingsBody, GenerateBody } from './schema.ts';
/** @returns undefined for a request that does ask for an answer */
export declare function answerChatLoad(body: ChatBody, nowMs: number): object | undefined;
/** @returns undefined for a request that does ask for an answer */
export declare function answerGenerateLoad(body: GenerateBody, nowMs: number): object | undefined;
/** @returns undefined for a request that does ask for an answer */
export declare function answerEmbedLoad({ model, input }: EmbedBody): object | undefined;
/** @returns undefined for a request that does ask for an answer */
export declare function answerEmbeddingsLoad({ prompt }: EmbeddingsBody): object | undefined;
