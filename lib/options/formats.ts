/** Formats of texts in the configuration and in the options of middleware (`format` in a schema). */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { loadPackage } from '../load-package.ts';
import { isHostOrPattern, isOriginOrPattern } from '../origins.ts';
import { type Fault, nearestName } from './faults.ts';

/** The fault of a text; undefined if it is valid. */
type FormatCheck = (text: string) => Pick<Fault, 'reason' | 'nearest' | 'code'> | undefined;

/** Loaded when the first cron expression is met; most configurations have none. */
function isCronExpression(text: string): boolean {
  return loadPackage<typeof import('node-cron')>('node-cron').validate(text);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** `localhost:11434`, which lacks its scheme; one that has a user name may hold a secret. */
const hostAndPort = /^[\w.-]+:\d+(\/[\w./-]*)?$/;

/** Express's names of address ranges, for its `trust proxy` setting. */
const rangeNames = ['loopback', 'linklocal', 'uniquelocal'];

export const formatChecks = {
  'http-url'(text) {
    const nearest = hostAndPort.test(text) ? `http://${text}` : undefined;
    if (!URL.canParse(text)) return { reason: 'must be a URL such as https://example.com', nearest };
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      return { reason: 'must be an http or https URL', nearest };
    if (url.username || url.password) return { reason: 'must not hold a user name or password' };
    if (url.search || url.hash) return { reason: 'must not have a query or a fragment' };
    return undefined;
  },

  'redis-url'(text) {
    const url = URL.parse(text);
    if (!url || !['redis:', 'rediss:', 'valkey:', 'valkeys:'].includes(url.protocol)) {
      return { reason: 'must be a URL such as redis://host:6379' };
    }
    // RFC 3986, 2.4 (https://www.rfc-editor.org/rfc/rfc3986#section-2.4): a percent sign stands for itself only as `%25`.
    const reason = 'has a percent sign in its user name, password or path that begins no escape; write it as %25';
    return [url.username, url.password, url.pathname].every(isDecodable) ? undefined : { reason };
  },

  host(text) {
    if (isHostOrPattern(text)) return undefined;
    return { reason: 'must be a host name without scheme and port, `*.` and a name for all below it, or `*`' };
  },

  /** What a server can listen on. */
  'listen-host'(text) {
    const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
    if (text === '*') return { reason: 'must be an address', nearest: '0.0.0.0' };
    if (isIP(bare) > 0 || /^[\p{L}\p{N}._-]+$/u.test(text)) return undefined;
    return { reason: 'must be a name or an IP address, without a scheme and a port (`port`)' };
  },

  /** As browsers send it in `Origin`; apps' pages have schemes of their own. */
  origin(text) {
    if (isOriginOrPattern(text)) return undefined;
    return { reason: 'must be an origin such as https://example.com or https://*.example.com, or `*`' };
  },

  'ip-range'(text) {
    if (rangeNames.includes(text)) return undefined;
    if (['*', 'true', 'all'].includes(text.toLowerCase()) || /^[0:.]+\/0$/.test(text)) {
      return { reason: 'would believe anyone; name the addresses of your proxies', code: 'OC_TRUST_PROXY_OPEN' };
    }
    const isRange = text.includes('/')
      ? ipaddr.isValidCIDR(text)
      : ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text);
    if (isRange) return undefined;
    return {
      reason: 'must be an IP address, a CIDR range, loopback, linklocal or uniquelocal',
      nearest: nearestName(text, rangeNames),
    };
  },

  moment(text) {
    const isWritten = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(text);
    if (isWritten && !Number.isNaN(Date.parse(text))) return undefined;
    return { reason: 'must be a day such as 2026-12-31, or a moment such as 2026-12-31T18:00:00Z' };
  },

  cron: (text) => (isCronExpression(text) ? undefined : { reason: 'must be whole minutes or a cron expression' }),
} as const satisfies Record<string, FormatCheck>;

/** Is a text of the format? Compiled schemas import it by this name. */
export const formatTests: Readonly<Record<string, (text: string) => boolean>> = Object.fromEntries(
  Object.entries(formatChecks).map(([name, check]) => [name, (text) => !check(text)]),
);
