import type { Quota } from '../../canonical/quota.ts';
import { OpenCompatError } from '../../errors.ts';
import { parseObject } from '../../lenient-json.ts';
import { outgoingFetch } from '../../outgoing/fetch.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredential } from './credential.ts';
import type { ChatGptCredentials } from './credentials.ts';
import { getFromChatGpt, invalidAnswer } from './get.ts';
import { quotaFromUsage } from './quota.ts';

/** The same with a new token, if the backend refuses this one. */
export async function askChatGptUsage(
  config: Parameters<typeof fetchChatGptUsage>[0],
  credentials: Pick<ChatGptCredentials, 'get' | 'renew'>,
): Promise<Quota> {
  const credential = await credentials.get();
  try {
    return await fetchChatGptUsage(config, credential);
  } catch (error) {
    if (!(error instanceof OpenCompatError) || error.status !== 401) throw error;
    return fetchChatGptUsage(config, await credentials.renew(credential.accessToken));
  }
}

const timeoutMs = 10_000;
const maxBytes = 256 * 1024;

/**
 * The account's plan and quota, as the backend has them now.
 * @throws OpenCompatError when it cannot be asked, or answers with something else
 */
export async function fetchChatGptUsage(
  config: Pick<ChatGptConfig, 'chatgptBaseUrl' | 'chatgptClientVersion' | 'chatgptOriginator'>,
  credential: ChatGptCredential,
  fetch = outgoingFetch,
  now = Date.now,
): Promise<Quota> {
  const { text } = await getFromChatGpt(config, credential, '/wham/usage', { fetch, timeoutMs, maxBytes });
  const usage = parseObject(text);
  if (!usage) throw invalidAnswer('usage', 'it is not a JSON object');
  const nowMs = now();
  return quotaFromUsage(usage, nowMs) ?? { windows: {}, seenAtMs: nowMs };
}
