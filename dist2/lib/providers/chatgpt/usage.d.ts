import type { Quota } from '../../canonical/quota.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredential } from './credential.ts';
import type { ChatGptCredentials } from './credentials.ts';
/** The same with a new token, if the backend refuses this one. */
export declare function askChatGptUsage(config: Parameters<typeof fetchChatGptUsage>[0], credentials: Pick<ChatGptCredentials, 'get' | 'renew'>): Promise<Quota>;
/**
 * The account's plan and quota, as the backend has them now.
 * @throws OpenCompatError when it cannot be asked, or answers with something else
 */
export declare function fetchChatGptUsage(config: Pick<ChatGptConfig, 'chatgptBaseUrl' | 'chatgptClientVersion' | 'chatgptOriginator'>, credential: ChatGptCredential, fetch?: typeof globalThis.fetch, now?: () => number): Promise<Quota>;
