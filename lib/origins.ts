/** Decides which hosts and web origins are this machine's own, and which the operator has allowed. */
import { domainToASCII } from 'node:url';

const loopbackHost = /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\]|\[::ffff:127(\.\d{1,3}){3}\])$/;

/** @param hostname lower case, without a port; IPv6 in brackets */
export function isLoopbackHostname(hostname: string): boolean {
  return loopbackHost.test(hostname);
}

/** Does the address to listen on keep other machines out? */
export function isLoopbackAddress(host: string): boolean {
  return isLoopbackHostname(host.includes(':') ? `[${host}]` : host.toLowerCase());
}

/**
 * The name in a Host header (RFC 9110 §7.2, https://www.rfc-editor.org/rfc/rfc9110#section-7.2), lower case, IPv6 in its
 * shortest form; undefined when it is malformed.
 */
export function hostnameOf(hostHeader: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^:/?#@\s[\]]+)(?::\d{1,5})?$/i.exec(hostHeader);
  const name = match?.[1]?.toLowerCase().replace(/\.$/, '');
  return name?.startsWith('[') ? URL.parse(`http://${name}`)?.hostname : name;
}

/** IPv6 without brackets. */
const bareIpv6 = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i;

/** The same for a host in the configuration: IPv6 may stand without brackets, and names may be international. */
function toHostname(host: string): string | undefined {
  return hostnameOf(bareIpv6.test(host) ? `[${host}]` : toAsciiName(host));
}

/** As browsers send it (IDNA: https://www.rfc-editor.org/rfc/rfc5891). */
function toAsciiName(name: string): string {
  return /^[\x21-\x7e]*$/.test(name) ? name : domainToASCII(name) || name;
}

/** `*.example.com`: every name below it. `.example.com`: that one too, as other servers write it. */
const hostPattern = /^\*?\.([^*]+)$/;

/** Is it the name of a host, `*`, or a pattern of names? */
export function isHostOrPattern(host: string): boolean {
  if (host === '*') return true;
  const name = hostPattern.exec(host)?.[1] ?? host;
  const hasPort = /\]:|^[^:]*:[^:]*$/.test(name);
  return !name.includes('*') && !hasPort && toHostname(name) !== undefined;
}

/** Tells whether a name, as `hostnameOf` gives it, is one of the hosts or fits one of the patterns. */
export function createHostCheck(hosts: readonly string[]): (hostname: string) => boolean {
  const names = new Set(hosts.map((host) => toHostname(host)));
  const patterns = hosts.flatMap((host) => {
    const below = hostPattern.exec(host)?.[1];
    return below === undefined ? [] : [{ below: toHostname(below), isItself: host.startsWith('.') }];
  });
  return (hostname) =>
    names.has('*') ||
    names.has(hostname) ||
    patterns.some(({ below, isItself }) => hostname.endsWith(`.${below}`) || (isItself && hostname === below));
}

/** An origin (RFC 6454 §6.1, https://www.rfc-editor.org/rfc/rfc6454#section-6.1), taken apart: scheme, host, port. */
const originParts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@\s]+?)(:\d{1,5}|:\*)?$/;

const defaultPorts: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/** A scheme alone, as the pages of one kind of app share it: `app://`, `vscode-webview://`. */
const bareScheme = /^(?!https?:)[a-z][a-z0-9+.-]*:\/\/$/;

/** As it is meant: lower case, without a slash at the end, and with any host where only an app's scheme stands. */
function toWritten(text: string): string {
  const lower = text.toLowerCase();
  return bareScheme.test(lower) ? `${lower}*` : lower.replace(/\/$/, '');
}

/** An origin of the configuration as browsers write it: lower case, without a default port. */
function toOrigin(text: string): string {
  const written = toWritten(text);
  const [, scheme, host, port = ''] = originParts.exec(written) ?? [];
  if (scheme === undefined || host === undefined) return written;
  return `${scheme}://${toAsciiName(host)}${port === defaultPorts[scheme] ? '' : port}`;
}

/**
 * Is it an origin, `*`, or a pattern of origins? In those, `*` stands for any host (`chrome-extension://*`), for names below
 * one (`https://*.example.com`), or for any port (`http://box.lan:*`). An app's scheme alone (`app://`) is for all of its hosts.
 */
export function isOriginOrPattern(text: string): boolean {
  const [, , host] = originParts.exec(toWritten(text)) ?? [];
  return text === '*' || (host !== undefined && isHostOrPattern(host));
}

/** Tells whether pages of an origin (the Origin header) may use the server. */
export function createOriginCheck(allowedOrigins: readonly string[]): (origin: string) => boolean {
  const written = allowedOrigins.map(toOrigin);
  const allowed = new Set(written);
  const patterns = written.flatMap((origin) => {
    const [, scheme, host = '', port = ''] = originParts.exec(origin) ?? [];
    const isPattern = scheme !== undefined && (origin.includes('*') || host.startsWith('.'));
    return isPattern ? [{ scheme, isHost: createHostCheck([host]), port }] : [];
  });

  function fitsPattern(origin: string): boolean {
    const [, scheme, host = '', port = ''] = originParts.exec(origin) ?? [];
    return patterns.some(
      (pattern) =>
        pattern.scheme === scheme && (pattern.port === ':*' || pattern.port === port) && pattern.isHost(host),
    );
  }

  return function isAllowedOrigin(origin) {
    const asked = origin.toLowerCase();
    if (allowed.has('*') || allowed.has(asked) || fitsPattern(asked)) return true;
    const match = /^https?:\/\/(.+)$/.exec(asked);
    const hostname = match && hostnameOf(match[1]!);
    return Boolean(hostname && isLoopbackHostname(hostname));
  };
}
