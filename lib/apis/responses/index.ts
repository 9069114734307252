/** The OpenAI Responses API, as its clients speak it. */
import type { ClientApi } from '../api.ts';
import { createAnswerEncoder, createStreamEncoder } from './encoders.ts';
import { toErrorBody } from './error-body.ts';
import { toCanonical } from './request.ts';
import { type ResponsesRequest, responsesRequestSchema } from './schema.ts';

export type { ResponsesRequest } from './schema.ts';

export const responses: ClientApi<ResponsesRequest> = {
  name: 'responses',
  schema: responsesRequestSchema,
  toCanonical,
  isStreaming: (body) => body.stream === true,
  streamType: 'text/event-stream',
  createStreamEncoder,
  createAnswerEncoder,
  isStateful: true,
  errorBody: toErrorBody,
};

/** The count of a request's tokens, which need not name a model. */
export const responsesInputTokens: ClientApi<ResponsesRequest> = {
  ...responses,
  schema: { ...responsesRequestSchema, required: [] },
  toCanonical: (body, context) => toCanonical({ ...body, model: body.model ?? '' }, context),
  isStreaming: () => false,
};
