import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface ServerAnswer {
  status: number;
  body: string;
}

/**
 * `node:http` rather than `fetch`, which costs a check that runs every few seconds twice the time.
 * @throws the network's error; an AbortError after `limitMs`
 */
export async function askServer(
  url: string,
  {
    limitMs,
    method = 'GET',
    headers = {},
    body,
  }: { limitMs: number; method?: string; headers?: Record<string, string>; body?: string },
): Promise<ServerAnswer> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers, agent: false, signal: AbortSignal.timeout(limitMs) }, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    })
      .on('error', reject)
      .end(body);
  });
}

/** Why it gave no answer, in words. */
export function describeSilence(error: Error & { code?: string }, limitMs: number): string {
  return error.name === 'AbortError'
    ? `it did not answer within ${limitMs / 1000} seconds`
    : (error.code ?? error.message);
}
