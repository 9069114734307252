/**
 * Which proxy leads to an address, by the environment variables that most programs read: `HTTPS_PROXY`, `HTTP_PROXY`,
 * `ALL_PROXY` and `NO_PROXY`, each also in lower case, which counts first. No standard describes them; this follows curl
 * (https://curl.se/docs/manpage.html#ENVIRONMENT) and Go (https://pkg.go.dev/golang.org/x/net/http/httpproxy).
 */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ProxyError } from './network-errors.ts';

export interface OutgoingProxy {
  readonly url: URL;
  /** `host:port`, for messages: without a user name and password. */
  readonly address: string;
  /** The variable that names it. */
  readonly variable: string;
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** @returns the first of the variables that says something; an empty one says nothing */
function readVariable(names: readonly string[]): { name: string; text: string } | undefined {
  for (const name of names) {
    const text = process.env[name]?.trim();
    if (text) return { name, text };
  }
  return undefined;
}

/** @throws ProxyError for a variable of which no proxy can be made */
export function findProxy(target: URL): OutgoingProxy | undefined {
  const own = target.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const found = readVariable([...own, 'all_proxy', 'ALL_PROXY']);
  if (!found || isExcepted(target, readVariable(['no_proxy', 'NO_PROXY'])?.text ?? '')) return undefined;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(found.text) ? found.text : `http://${found.text}`);
  if (!url?.hostname) throw new ProxyError(`the variable ${found.name} does not name a proxy such as http://host:port`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const kind = url.protocol.slice(0, -1);
    throw new ProxyError(
      `the variable ${found.name} names a proxy of a kind that is not known here (${kind}); use http`,
    );
  }
  return { url, address: `${url.hostname}:${url.port || defaultPorts[url.protocol]}`, variable: found.name };
}

/** @param list of `NO_PROXY`: names, with all below them; addresses and ranges; each with a port or without; `*` */
function isExcepted(target: URL, list: string): boolean {
  const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = target.port || defaultPorts[target.protocol];
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      const [name, onlyPort] = splitPort(entry);
      return (onlyPort === undefined || onlyPort === port) && fits(host, name);
    });
}

function splitPort(entry: string): [name: string, port?: string] {
  const [, v6, v6Port] = /^\[(.*)\](?::(\d+))?$/.exec(entry) ?? [];
  if (v6 !== undefined) return [v6, v6Port];
  const [, name, port] = /^([^:]*):(\d+)$/.exec(entry) ?? [];
  return name === undefined ? [entry] : [name, port];
}

function fits(host: string, entry: string): boolean {
  if (entry === '*') return true;
  if (isIP(host)) return fitsAddress(host, entry);
  const name = entry.replace(/^\*?\./, '').replace(/\.$/, '');
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}

function fitsAddress(host: string, entry: string): boolean {
  const range = ipaddr.isValidCIDR(entry)
    ? entry
    : isIP(entry)
      ? `${entry}/${isIP(entry) === 6 ? 128 : 32}`
      : undefined;
  if (range === undefined) return false;
  const [network, bits] = ipaddr.parseCIDR(range);
  const address = ipaddr.process(host);
  return address.kind() === network.kind() && address.match(network, bits);
}
