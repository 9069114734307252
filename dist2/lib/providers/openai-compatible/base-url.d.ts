/**
 * A base URL as the SDKs take it, without a trailing slash. Without a path it is a server's address, and `/v1` is added, where
 * every known server has its API. A second `/v1` and the path of an endpoint are left out.
 */
export declare function toBaseUrl(configured: string): string;
/** Where the API may be instead, if the server has nothing at its base URL; undefined where that looks right. */
export declare function findOtherBaseUrl(baseUrl: string): string | undefined;
/** OpenAI's own servers, whose API has features that compatible servers lack. */
export declare function isOpenAi(baseUrl: string): boolean;
