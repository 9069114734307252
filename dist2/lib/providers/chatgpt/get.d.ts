/** Requests to the ChatGPT backend besides those of clients: for the account's models, its quota. */
import { OpenCompatError } from '../../errors.ts';
import type { FetchedText } from '../../outgoing/fetch-text.ts';
import { type AskOptions } from '../ask.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredential } from './credential.ts';
import { type ChatGptHeadersConfig } from './headers.ts';
/**
 * @param path under `chatgptBaseUrl`
 * @throws OpenCompatError for any status except 200 (and 304 where an etag was sent)
 */
export declare function getFromChatGpt(config: ChatGptHeadersConfig & Pick<ChatGptConfig, 'chatgptBaseUrl'>, credential: ChatGptCredential, path: string, options: AskOptions): Promise<FetchedText>;
export declare function invalidAnswer(api: string, reason: string): OpenCompatError;
