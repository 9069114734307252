/** Fetches small texts (model lists, instruction files, quota) with the limits that `fetch` lacks. */

export interface FetchTextOptions {
  fetch: typeof fetch;
  headers: Record<string, string>;
  /** For the whole exchange, body included. */
  timeoutMs: number;
  /** Of the decoded body. */
  maxBytes: number;
  /** Follow redirects? Not with credentials: all headers but `authorization` would go with them. Default false. */
  followsRedirects?: boolean;
  /** Of a POST. Absent: the request is a GET. */
  body?: string;
  signal?: AbortSignal;
}

export interface FetchedText {
  status: number;
  headers: Headers;
  text: string;
}

/** @throws the error of `fetch`, of the timeout or of the signal; a RangeError when the body is too large */
export async function fetchText(url: string | URL, options: FetchTextOptions): Promise<FetchedText> {
  const { headers, timeoutMs, maxBytes, followsRedirects = false } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await options.fetch(url, {
    headers,
    ...(options.body !== undefined && { method: 'POST', body: options.body }),
    redirect: followsRedirects ? 'follow' : 'manual',
    signal: options.signal ? AbortSignal.any([timeout, options.signal]) : timeout,
  });
  return { status: response.status, headers: response.headers, text: await readBounded(response, maxBytes) };
}

async function readBounded({ body }: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the body, and with it the connection.
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new RangeError(`The answer is larger than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
