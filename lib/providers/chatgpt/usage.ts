import type { Quota } from '../../canonical/quota.ts';
import { parseObject } from '../../lenient-json.ts';
import { outgoingFetch } from '../../outgoing/fetch.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredential } from './credential.ts';
import { getFromChatGpt, invalidAnswer } from './get.ts';
import { quotaFromUsage } from './quota.ts';

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
