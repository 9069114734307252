/** The OpenAI Completions API, the predecessor of Chat Completions; editors still use it to fill gaps. */
import type { ClientApi } from '../api.ts';
import { type CompletionRequest } from './schema.ts';
export type { CompletionRequest } from './schema.ts';
export declare const completions: ClientApi<CompletionRequest>;
