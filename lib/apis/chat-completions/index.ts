/** The OpenAI Chat Completions API, as its clients speak it. */
import type { PublicError } from '../../errors.ts';
import type { ClientApi } from '../api.ts';
import { createAnswerEncoder, createStreamEncoder } from './encoders.ts';
import { toChatParam } from './params.ts';
import { toCanonical } from './request.ts';
import { type ChatRequest, chatRequestSchema } from './schema.ts';

export type { ChatRequest } from './schema.ts';

export const chatCompletions: ClientApi<ChatRequest> = {
  name: 'chat-completions',
  schema: chatRequestSchema,
  toCanonical,
  isStreaming: (body) => body.stream === true,
  streamType: 'text/event-stream',
  createStreamEncoder,
  createAnswerEncoder,
  errorBody,
  // No `[DONE]`: it says that the answer is complete. SDKs raise on the error itself.
  errorEvent: (error) => `data: ${JSON.stringify(errorBody(error))}\n\n`,
};

function errorBody({ message, type, param, code, extra }: PublicError): object {
  return { error: { message, type, param: param && toChatParam(param), code, ...extra } };
}
