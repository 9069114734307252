/**
 * A base URL as the SDKs take it, without a trailing slash. Without a path it is a server's address, and `/v1` is added, where
 * every known server has its API.
 */
export function toBaseUrl(configured: string): string {
  const { origin, pathname } = new URL(configured);
  const path = pathname.replace(/\/+$/, '');
  return `${origin}${path || '/v1'}`;
}

/** OpenAI's own servers, whose API has features that compatible servers lack. */
export function isOpenAi(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return (
    hostname === 'api.openai.com' || hostname.endsWith('.api.openai.com') || hostname.endsWith('.openai.azure.com')
  );
}
