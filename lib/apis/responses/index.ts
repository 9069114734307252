/** The OpenAI Responses API, as its clients speak it. */
import type { ClientApi } from '../api.ts';
import { toOpenAiError } from '../openai-error.ts';
import { createCompactionEncoder, toCompaction } from './compact.ts';
import { createAnswerEncoder, createStreamEncoder } from './encoders.ts';
import { isStreaming, toCanonical } from './request.ts';
import { type ResponsesRequest, responsesOutlineSchema, responsesRequestSchema } from './schema.ts';

export type { ResponsesRequest } from './schema.ts';

export const responses: ClientApi<ResponsesRequest> = {
  name: 'responses',
  schema: responsesRequestSchema,
  toCanonical,
  outline: { schema: responsesOutlineSchema, toCanonical },
  isStreaming,
  streamType: 'text/event-stream',
  createStreamEncoder,
  createAnswerEncoder,
  isStateful: true,
  shapingHeaders: [],
  errorBody: toOpenAiError,
};

/** The count of a request's tokens, which need not name a model. */
export const responsesInputTokens: ClientApi<ResponsesRequest> = {
  ...responses,
  schema: { ...responsesRequestSchema, required: [] },
  toCanonical: (body, context) => toCanonical({ ...body, model: body.model ?? '' }, context),
  outline: undefined,
  isStreaming: () => false,
};

/** The compaction of a long conversation. */
export const responsesCompact: ClientApi<ResponsesRequest> = {
  ...responses,
  toCanonical: toCompaction,
  outline: undefined,
  isStreaming: () => false,
  createAnswerEncoder: createCompactionEncoder,
};
