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
  errorBody: toErrorBody,
};
