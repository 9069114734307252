/** Which hosts and web origins are this machine's own, and which the operator has allowed. */

const loopbackHost = /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\]|\[::ffff:127(\.\d{1,3}){3}\])$/;

/** @param hostname lower case, without a port; IPv6 in brackets */
export function isLoopbackHostname(hostname: string): boolean {
  return loopbackHost.test(hostname);
}

/** Does the address to listen on keep other machines out? */
export function isLoopbackAddress(host: string): boolean {
  return isLoopbackHostname(host.includes(':') ? `[${host}]` : host.toLowerCase());
}

/** The name in a Host header (RFC 9110, 7.2), lower case; undefined when it is malformed. */
export function hostnameOf(hostHeader: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^:/?#@\s]+)(?::\d{1,5})?$/i.exec(hostHeader);
  return match?.[1]?.toLowerCase().replace(/\.$/, '');
}

/** Tells whether pages of an origin (the Origin header) may use the server. */
export function createOriginCheck(allowedOrigins: readonly string[]): (origin: string) => boolean {
  const allowed = new Set(allowedOrigins.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  return function isAllowedOrigin(origin) {
    if (allowed.has('*') || allowed.has(origin.toLowerCase())) return true;
    const match = /^https?:\/\/(.+)$/.exec(origin.toLowerCase());
    const hostname = match && hostnameOf(match[1]!);
    return Boolean(hostname && isLoopbackHostname(hostname));
  };
}
