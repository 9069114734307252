/** The Anthropic Messages API, as its clients speak it. */
import type { ClientApi } from '../api.ts';
import { createAnswerEncoder, createStreamEncoder } from './encoders.ts';
import { toErrorBody, toErrorStatus, toRequestId } from './error-body.ts';
import { toCanonical } from './request.ts';
import { countRequestSchema, type MessagesRequest, messagesRequestSchema } from './schema.ts';

export type { MessagesRequest } from './schema.ts';

export const messages: ClientApi<MessagesRequest> = {
  name: 'messages',
  schema: messagesRequestSchema,
  toCanonical,
  isStreaming: (body) => body.stream === true,
  streamType: 'text/event-stream',
  createStreamEncoder,
  createAnswerEncoder,
  shapingHeaders: [],
  errorBody: toErrorBody,
  errorStatus: toErrorStatus,
  answerHeaders: (id) => ({ 'request-id': toRequestId(id) }),
  isSpokenBy: (headers) => headers['anthropic-version'] !== undefined,
};

/** A count of the tokens that such a request would have. */
export const messageTokens: ClientApi<MessagesRequest> = {
  ...messages,
  schema: countRequestSchema,
  isStreaming: () => false,
};
