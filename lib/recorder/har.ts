import { isUtf8 } from 'node:buffer';
import { STATUS_CODES } from 'node:http';
import { version } from '../version.ts';
import { bytesOf, type Capture, type CapturedBytes, type CapturedHeaders, type UpstreamRecord } from './capture.ts';
import { ownOrigin } from './curl.ts';

/** One request with its answer, in milliseconds since the client's request came. */
interface Entry {
  readonly comment: string;
  readonly method: string;
  readonly url: URL;
  readonly request: CapturedBytes & { readonly headers: CapturedHeaders };
  /** 0: there was no answer. */
  readonly status: number;
  readonly headers: CapturedHeaders;
  readonly body: Buffer;
  readonly sentMs: number;
  readonly headMs: number;
  readonly endMs: number;
}

/**
 * A capture as an archive that browsers' developer tools read: HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/). The
 * client's exchange comes first, and those with upstreams follow.
 */
export function toHar(capture: Capture): object {
  const { startedAt = '' } = capture.first('capture') ?? {};
  const startedMs = Date.parse(startedAt) || 0;
  const entries = [clientEntry(capture), ...capture.upstreamAnswers.map(upstreamEntry)];
  return {
    log: {
      version: '1.2',
      creator: { name: 'opencompat', version },
      entries: entries.filter((entry) => entry !== undefined).map((entry) => toHarEntry(entry, startedMs)),
    },
  };
}

function clientEntry(capture: Capture): Entry | undefined {
  const request = capture.first('client.request');
  if (!request) return undefined;
  const { status = 0, headers = {}, ms: headMs = request.ms } = capture.first('client.head') ?? {};
  return {
    comment: 'client',
    method: request.method,
    url: new URL(ownOrigin + request.path),
    request,
    status,
    headers,
    body: capture.clientBytes,
    sentMs: request.ms,
    headMs,
    endMs: capture.first('end')?.ms ?? headMs,
  };
}

function upstreamEntry({ request, head, reads, end }: UpstreamRecord): Entry | undefined {
  const { status = 0, headers = {}, ms: headMs = end?.ms ?? request.ms } = head ?? {};
  if (!URL.canParse(request.url)) return undefined;
  return {
    comment:
      end && end.how !== 'end' ? `upstream, ${end.how}: ${end.error?.message ?? 'no reason is known'}` : 'upstream',
    method: request.method,
    url: new URL(request.url),
    request,
    status,
    headers,
    body: Buffer.concat(reads.map(bytesOf)),
    sentMs: request.ms,
    headMs,
    endMs: end?.ms ?? reads.at(-1)?.ms ?? headMs,
  };
}

function toHarEntry(entry: Entry, startedMs: number): object {
  const { comment, method, url, request, status, headers, body, sentMs, headMs, endMs } = entry;
  const sent = bytesOf(request);
  const common = { httpVersion: 'HTTP/1.1', cookies: [], headersSize: -1 };
  return {
    startedDateTime: new Date(startedMs + sentMs).toISOString(),
    time: endMs - sentMs,
    request: {
      ...common,
      method,
      url: url.href,
      headers: toPairs(request.headers),
      queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
      ...(sent.length > 0 && { postData: { mimeType: typeOf(request.headers), text: sent.toString() } }),
      bodySize: sent.length,
    },
    response: {
      ...common,
      status,
      statusText: STATUS_CODES[status] ?? '',
      headers: toPairs(headers),
      content: { size: body.length, mimeType: typeOf(headers), ...toText(body) },
      redirectURL: '',
      bodySize: body.length,
    },
    cache: {},
    timings: { send: 0, wait: headMs - sentMs, receive: endMs - headMs },
    comment,
  };
}

function toPairs(headers: CapturedHeaders): { name: string; value: string }[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map((text) => ({ name, value: text })));
}

function typeOf(headers: CapturedHeaders): string {
  return [headers['content-type'] ?? ''].flat()[0]!;
}

function toText(body: Buffer): { text: string; encoding?: 'base64' } {
  return isUtf8(body) ? { text: body.toString() } : { text: body.toString('base64'), encoding: 'base64' };
}
