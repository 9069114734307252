/** The OpenAI Chat Completions API, as its clients speak it. */
import type { ClientApi } from '../api.ts';
import { createAnswerEncoder, createStreamEncoder } from './encoders.ts';
import { toErrorBody } from './error-body.ts';
import { toChatParam } from './params.ts';
import { isPortable, toCanonical, toOutline } from './request.ts';
import { type ChatRequest, chatOutlineSchema, chatRequestSchema } from './schema.ts';

export type { ChatRequest } from './schema.ts';

export const chatCompletions: ClientApi<ChatRequest> = {
  name: 'chat-completions',
  schema: chatRequestSchema,
  toCanonical,
  outline: { schema: chatOutlineSchema, toCanonical: toOutline },
  isStreaming: (body) => body.stream === true,
  streamType: 'text/event-stream',
  createStreamEncoder,
  createAnswerEncoder,
  shapingHeaders: ['x-reasoning-compat', 'x-reasoning-summary', 'x-text-verbosity'],
  isPortable,
  nameParam: toChatParam,
  errorBody: (error, _id, _facts, body) => toErrorBody(error, body),
};
