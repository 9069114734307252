/** Requests to the ChatGPT backend besides those of clients: for the account's models, its quota. */

import { OpenCompatError } from '../../errors.ts';
import type { FetchedText } from '../../outgoing/fetch-text.ts';
import { type AskOptions, askProvider } from '../ask.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredential } from './credential.ts';
import { chatGptError } from './errors.ts';
import { type ChatGptHeadersConfig, chatGptHeaders } from './headers.ts';

const provider = 'ChatGPT';

/**
 * @param path under `chatgptBaseUrl`
 * @throws OpenCompatError for any status except 200 (and 304 where an etag was sent)
 */
export function getFromChatGpt(
  config: ChatGptHeadersConfig & Pick<ChatGptConfig, 'chatgptBaseUrl'>,
  credential: ChatGptCredential,
  path: string,
  options: AskOptions,
): Promise<FetchedText> {
  const headers = chatGptHeaders(config, credential);
  return askProvider({ title: provider, toError: chatGptError }, `${config.chatgptBaseUrl}${path}`, headers, options);
}

export function invalidAnswer(api: string, reason: string): OpenCompatError {
  return new OpenCompatError('OC_UPSTREAM_INVALID', { provider, api, reason });
}
