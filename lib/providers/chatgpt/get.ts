/** Small questions to the ChatGPT backend: the account's models, its quota. */
import type { ChatGptCredential } from '../../auth/chatgpt-credentials.ts';
import type { Config } from '../../config-schema.ts';
import { OpenCompatError } from '../../errors.ts';
import { describeFetchFailure, type FetchedText, fetchText } from '../../fetch-text.ts';
import { Secret } from '../../secret.ts';
import { chatGptError } from './errors.ts';
import { type ChatGptHeadersConfig, chatGptHeaders } from './headers.ts';

const provider = 'ChatGPT';

export interface ChatGptGetOptions {
  fetch: typeof fetch;
  timeoutMs: number;
  maxBytes: number;
  /** Of the answer that is known already; with it, the answer may be a 304. */
  etag?: string;
  signal?: AbortSignal;
}

/**
 * @param path under `chatgptBaseUrl`
 * @throws OpenCompatError for anything but 200 (and 304 where an etag was sent)
 */
export async function getFromChatGpt(
  config: ChatGptHeadersConfig & Pick<Config, 'chatgptBaseUrl'>,
  credential: ChatGptCredential,
  path: string,
  { etag, ...options }: ChatGptGetOptions,
): Promise<FetchedText> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(chatGptHeaders(config, credential))) {
    headers[name] = value instanceof Secret ? value.reveal() : value;
  }
  if (etag) headers['if-none-match'] = etag;

  let answer: FetchedText;
  try {
    answer = await fetchText(`${config.chatgptBaseUrl}${path}`, { ...options, headers });
  } catch (error) {
    const reason = describeFetchFailure(error);
    throw new OpenCompatError('OC_UPSTREAM_UNREACHABLE', { provider, reason }, { cause: error });
  }
  const isKnown = answer.status === 304 && etag !== undefined;
  if (answer.status === 200 || isKnown) return answer;
  throw chatGptError(answer.status, Object.fromEntries(answer.headers), answer.text);
}

export function invalidAnswer(api: string, reason: string): OpenCompatError {
  return new OpenCompatError('OC_UPSTREAM_INVALID', { provider, api, reason });
}
