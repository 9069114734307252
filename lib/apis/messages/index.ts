/** The Anthropic Messages API, as its clients speak it. */
import type { ClientApi } from '../api.ts';
import { createAnswerEncoder, createStreamEncoder } from './encoders.ts';
import { toErrorBody, toErrorStatus, toRequestId } from './errors.ts';
import { createMessageKeeper } from './kept-message.ts';
import { toCanonical, toOutline } from './request.ts';
import { countRequestSchema, type MessagesRequest, messagesOutlineSchema, messagesRequestSchema } from './schema.ts';
import { fromSignature } from './signature.ts';

export type { MessagesRequest } from './schema.ts';

/** Without thinking that was signed here: another server of this API refuses foreign signatures. */
function isPortable({ messages }: MessagesRequest): boolean {
  return messages.every(
    ({ role, content }) =>
      role !== 'assistant' ||
      !Array.isArray(content) ||
      content.every((block) => block?.type !== 'thinking' || fromSignature(block.signature) === undefined),
  );
}

/** Which account is asked is the operator's to say; the last is for browsers. */
const ownHeaders = /^anthropic-(?:workspace-id|organization-id|dangerous-direct-browser-access)$/;

/** An open list, as new ones come with new fields of the body. */
function isBodyHeader(name: string): boolean {
  return name.startsWith('anthropic-') && !ownHeaders.test(name);
}

export const messages: ClientApi<MessagesRequest> = {
  name: 'messages',
  pathPrefix: '/v1/messages',
  schema: messagesRequestSchema,
  toCanonical,
  outline: { schema: messagesOutlineSchema, toCanonical: toOutline },
  isStreaming: (body) => body.stream === true,
  streamType: 'text/event-stream',
  createStreamEncoder,
  createAnswerEncoder,
  createKeeper: createMessageKeeper,
  shapingHeaders: [],
  isBodyHeader,
  isPortable,
  errorBody: toErrorBody,
  errorStatus: toErrorStatus,
  answerHeaders: (id) => ({ 'request-id': toRequestId(id) }),
  isSpokenBy: (headers) => headers['anthropic-version'] !== undefined,
};

/** A count of the tokens that such a request would have. */
export const messageTokens: ClientApi<MessagesRequest> = {
  ...messages,
  schema: countRequestSchema,
  outline: undefined,
  isStreaming: () => false,
};
