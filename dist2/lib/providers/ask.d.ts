import { type FetchedText } from '../outgoing/fetch-text.ts';
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
export declare function askProvider({ title, toError }: Pick<Provider, 'title' | 'toError'>, url: string, headers: UpstreamRequest['headers'], { etag, ...options }: AskOptions): Promise<FetchedText>;
