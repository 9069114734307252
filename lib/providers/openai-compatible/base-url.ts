/**
 * A base URL as the SDKs take it, without a trailing slash. One without a path is taken for a server's address, where every
 * known server has its API under `/v1`.
 */
export function toBaseUrl(configured: string): string {
  const { origin, pathname } = new URL(configured);
  const path = pathname.replace(/\/+$/, '');
  return `${origin}${path || '/v1'}`;
}

/** OpenAI's own servers, whose API has some things that its followers lack. */
export function isOpenAi(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return (
    hostname === 'api.openai.com' || hostname.endsWith('.api.openai.com') || hostname.endsWith('.openai.azure.com')
  );
}
