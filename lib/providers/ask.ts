/** Requests to a provider besides those of clients: for an account's models, its quota. */
import { OpenCompatError } from '../errors.ts';
import { type FetchedText, fetchText } from '../outgoing/fetch-text.ts';
import { describeNetworkError } from '../outgoing/network-errors.ts';
import { Secret } from '../secret.ts';
import type { Provider, UpstreamRequest } from './provider.ts';

export interface AskOptions {
  fetch: typeof fetch;
  timeoutMs: number;
  maxBytes: number;
  /** The etag of the known answer; with it, the new answer may be a 304. */
  etag?: string;
  /** JSON to POST. Absent: the request is a GET. */
  body?: string;
  signal?: AbortSignal;
}

/** @throws OpenCompatError for any status except 200 (and 304 where an etag was sent) */
export async function askProvider(
  { title, toError }: Pick<Provider, 'title' | 'toError'>,
  url: string,
  headers: UpstreamRequest['headers'],
  { etag, ...options }: AskOptions,
): Promise<FetchedText> {
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    sent[name] = value instanceof Secret ? value.reveal() : value;
  }
  if (etag) sent['if-none-match'] = etag;

  let answer: FetchedText;
  try {
    answer = await fetchText(url, { ...options, headers: sent });
  } catch (error) {
    const reason = describeNetworkError(error);
    throw new OpenCompatError('OC_UPSTREAM_UNREACHABLE', { provider: title, reason }, { cause: error });
  }
  const isKnown = answer.status === 304 && etag !== undefined;
  if (answer.status === 200 || isKnown) return answer;
  throw toError(answer.status, Object.fromEntries(answer.headers), answer.text);
}
