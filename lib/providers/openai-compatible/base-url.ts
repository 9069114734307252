/** What people copy together with a base URL: the path of an endpoint. */
const endpoint = /\/(chat\/completions|completions|responses|embeddings|models)$/;

/**
 * A base URL as the SDKs take it, without a trailing slash. Without a path it is a server's address, and `/v1` is added, where
 * every known server has its API. A second `/v1` and the path of an endpoint are left out.
 */
export function toBaseUrl(configured: string): string {
  const { origin, pathname } = new URL(configured);
  const path = pathname
    .replace(/\/+$/, '')
    .replace(endpoint, '')
    .replace(/(\/v1)+$/, '/v1');
  return `${origin}${path || '/v1'}`;
}

/** Where the API may be instead, if the server has nothing at its base URL; undefined where that looks right. */
export function findOtherBaseUrl(baseUrl: string): string | undefined {
  return /\/v\d+[a-z]*(\/|$)/.test(new URL(baseUrl).pathname) ? undefined : `${baseUrl}/v1`;
}

/** OpenAI's own servers, whose API has features that compatible servers lack. */
export function isOpenAi(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return (
    hostname === 'api.openai.com' || hostname.endsWith('.api.openai.com') || hostname.endsWith('.openai.azure.com')
  );
}
