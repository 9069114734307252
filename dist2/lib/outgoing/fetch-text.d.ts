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
export declare function fetchText(url: string | URL, options: FetchTextOptions): Promise<FetchedText>;
