/** The OpenAI Chat Completions API, as its clients speak it. */
import type { ClientApi } from '../api.ts';
import { type ChatRequest } from './schema.ts';
export type { ChatRequest } from './schema.ts';
export declare const chatCompletions: ClientApi<ChatRequest>;
