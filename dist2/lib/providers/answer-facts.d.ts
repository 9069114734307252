import type { Provider, UpstreamAnswer } from './provider.ts';
/** An answer's header; the first value of one that came more than once. */
export declare function readHeader(headers: UpstreamAnswer['headers'], name: string): string | undefined;
/**
 * `retry-after-ms`, else `retry-after` in its two forms (RFC 9110 §10.2.3,
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3), in seconds from now.
 */
export declare function readRetryAfterS(headers: UpstreamAnswer['headers'], nowMs: number): number | undefined;
/** The headers of an answer that its provider has the client given, fit for an answer of ours. Undefined: there are none. */
export declare function readToldHeaders({ toldHeaders }: Pick<Provider, 'toldHeaders'>, headers: UpstreamAnswer['headers']): Record<string, string> | undefined;
