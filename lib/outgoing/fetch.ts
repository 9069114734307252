/** Outgoing calls other than clients' requests: sign-in, model lists, instruction files. They go the same way as requests. */
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { ConnectionPool } from './connections.ts';
import { acceptEncoding, decompress } from './decompress.ts';

const connectTimeoutMs = 15_000;
const maxRedirects = 5;
/** Statuses without a body (RFC 9110 §6.4.1, https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1): `Response` refuses one. */
const bodiless = new Set([204, 205, 304]);

const pool = new ConnectionPool(connectTimeoutMs);

/**
 * `fetch` for a URL (not a Request object), with a text as its body. Redirects are followed where `redirect` is `follow`,
 * and given back otherwise. Give it a signal: it has no time limit of its own.
 */
export const outgoingFetch = (async (input: string | URL, init: RequestInit = {}) => {
  let url = new URL(input);
  for (let redirects = 0; ; redirects++) {
    const answer = await send(url, init);
    const { statusCode = 0, headers } = answer;
    const location = statusCode >= 300 && statusCode < 400 ? headers.location : undefined;
    if (init.redirect !== 'follow' || location === undefined) return toResponse(answer);
    answer.resume();
    if (redirects === maxRedirects) throw new TypeError('fetch failed', { cause: new Error('too many redirects') });
    url = new URL(location, url);
  }
}) as typeof fetch;

/** Fails as `fetch` does: by the reason of the signal, else by a TypeError with the network's own error as its cause. */
function send(url: URL, { method = 'GET', headers, body, signal }: RequestInit): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const sent = { 'accept-encoding': acceptEncoding, ...Object.fromEntries(new Headers(headers)) };
    const fail = (error: unknown) =>
      reject(signal?.aborted ? signal.reason : new TypeError('fetch failed', { cause: error }));
    try {
      const outgoing = request(url, {
        method,
        headers: sent,
        agent: pool.agentFor(url.origin),
        signal: signal ?? undefined,
      });
      outgoing.once('response', resolve).on('error', fail);
      outgoing.end(body === undefined || body === null ? undefined : String(body));
    } catch (error) {
      fail(error);
    }
  });
}

function toResponse(answer: http.IncomingMessage): Response {
  const status = answer.statusCode ?? 0;
  const plain = decompress(answer);
  const headers = new Headers();
  for (const [name, value] of Object.entries(plain.headers)) {
    for (const text of [value ?? []].flat()) headers.append(name, text);
  }
  if (bodiless.has(status)) answer.resume();
  const body = bodiless.has(status) ? null : (Readable.toWeb(plain) as ReadableStream<Uint8Array>);
  return new Response(body, { status, headers });
}
