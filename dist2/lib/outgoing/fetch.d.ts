/**
 * `fetch` for a URL (not a Request object), with a text as its body. Redirects are followed where `redirect` is `follow`,
 * and given back otherwise. Give it a signal: it has no time limit of its own.
 */
export declare const outgoingFetch: typeof fetch;
