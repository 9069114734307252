/** Reads the headers of an upstream's answer. */
import { headerText } from '../public-text.ts';
import type { Provider, UpstreamAnswer } from './provider.ts';

/** An answer's header; the first value of one that came more than once. */
export function readHeader(headers: UpstreamAnswer['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * `retry-after-ms`, else `retry-after` in its two forms (RFC 9110 §10.2.3,
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3), in seconds from now.
 */
export function readRetryAfterS(headers: UpstreamAnswer['headers'], nowMs: number): number | undefined {
  const ms = Number.parseFloat(readHeader(headers, 'retry-after-ms') ?? '');
  if (ms >= 0) return ms / 1000;
  const value = readHeader(headers, 'retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, (atMs - nowMs) / 1000);
}

/** The headers of an answer that its provider has the client given, fit for an answer of ours. Undefined: there are none. */
export function readToldHeaders(
  { toldHeaders }: Pick<Provider, 'toldHeaders'>,
  headers: UpstreamAnswer['headers'],
): Record<string, string> | undefined {
  let told: Record<string, string> | undefined;
  for (const name of toldHeaders ?? []) {
    const value = readHeader(headers, name);
    if (value === undefined) continue;
    told ??= {};
    told[name] = headerText(value);
  }
  return told;
}
