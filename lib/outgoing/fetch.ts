/**
 * Outgoing calls other than the proxied ones: sign-in, model lists, instruction files. Honours HTTPS_PROXY, HTTP_PROXY
 * and NO_PROXY (through undici, loaded only when one is set) and NODE_EXTRA_CA_CERTS (Node itself).
 */

const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

let proxiedFetch: Promise<typeof fetch> | undefined;

async function createProxiedFetch(): Promise<typeof fetch> {
  const undici = await import('undici');
  const dispatcher = new undici.EnvHttpProxyAgent();
  // undici's fetch is the one that Node's own is made of; only their type declarations are separate.
  return ((input: string | URL, init?: object) =>
    undici.fetch(input, { ...init, dispatcher })) as unknown as typeof fetch;
}

/** `fetch` for a URL (not a Request object). Give it a signal: it has no time limit of its own. */
export const outgoingFetch = (async (input: string | URL, init?: RequestInit) => {
  if (!proxyVariables.some((name) => process.env[name])) return fetch(input, init);
  proxiedFetch ??= createProxiedFetch();
  return (await proxiedFetch)(input, init);
}) as typeof fetch;
