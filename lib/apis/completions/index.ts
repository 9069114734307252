/** The OpenAI Completions API, the predecessor of Chat Completions; editors still use it to fill gaps. */
import type { ClientApi } from '../api.ts';
import { createAnswerEncoder, createStreamEncoder } from './encoders.ts';
import { toErrorBody } from './error-body.ts';
import { isStreaming, toCanonical } from './request.ts';
import { type CompletionRequest, completionRequestSchema } from './schema.ts';

export type { CompletionRequest } from './schema.ts';

export const completions: ClientApi<CompletionRequest> = {
  name: 'completions',
  schema: completionRequestSchema,
  toCanonical,
  isStreaming,
  streamType: 'text/event-stream',
  createStreamEncoder,
  createAnswerEncoder,
  shapingHeaders: [],
  errorBody: toErrorBody,
};
