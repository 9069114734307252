/**
 * A request without anything to answer asks Ollama to load a model, or with `keep_alive: 0` to unload it. Nothing has to be
 * loaded here, so the answer comes at once.
 */

import { chatWording, generateWording, toTimestamp, type Wording } from './encoders.ts';
import type { ChatBody, EmbedBody, EmbeddingsBody, GenerateBody } from './schema.ts';

/** @returns undefined for a request that does ask for an answer */
export function answerChatLoad(body: ChatBody, nowMs: number): object | undefined {
  return body.messages?.length ? undefined : toLoaded(chatWording, body, nowMs);
}

/** @returns undefined for a request that does ask for an answer */
export function answerGenerateLoad(body: GenerateBody, nowMs: number): object | undefined {
  return body.prompt || body.suffix || body.images?.length ? undefined : toLoaded(generateWording, body, nowMs);
}

/** @returns undefined for a request that does ask for an answer */
export function answerEmbedLoad({ model, input }: EmbedBody): object | undefined {
  return input?.length ? undefined : { model, embeddings: [] };
}

/** @returns undefined for a request that does ask for an answer */
export function answerEmbeddingsLoad({ prompt }: EmbeddingsBody): object | undefined {
  return prompt ? undefined : { embedding: [] };
}

function toLoaded(wording: Wording, { model, keep_alive }: ChatBody | GenerateBody, nowMs: number): object {
  // `0`, `"0"`, `"0s"`, `"0m"`…
  const isUnload = keep_alive != null && /^0+[a-z]*$/.test(String(keep_alive));
  return {
    model,
    created_at: toTimestamp(nowMs),
    ...wording.of({ content: '' }),
    done: true,
    done_reason: isUnload ? 'unload' : 'load',
  };
}
