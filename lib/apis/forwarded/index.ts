/** What is passed on to the server of the named model without being read: audio, edits of pictures, ranking, moderation, search. */
import type { ClientApi } from '../api.ts';
import { toOpenAiError } from '../openai-error.ts';

function untranslated(): never {
  throw new TypeError('requests of this API are passed on, never translated');
}

export const forwarded: ClientApi = {
  name: 'forwarded',
  schema: {},
  toCanonical: untranslated,
  isStreaming: () => false,
  streamType: 'text/event-stream',
  createStreamEncoder: untranslated,
  createAnswerEncoder: untranslated,
  errorBody: toOpenAiError,
};
