/** What proxies say of who has asked them. */
import type { IncomingHttpHeaders } from 'node:http';

/** An address with the port that some proxies add (Azure's among them): `192.0.2.1:5678`, `[2001:db8::1]:5678`. */
const withPort = /^(?:\[([0-9a-f:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3}))(?::\d{1,5})?$/i;

/**
 * Leaves the addresses in `X-Forwarded-For` without ports and brackets. A port is another one for each connection, so with
 * it each connection would be a client of its own to limits and logs, and no proxy in the list would be known.
 */
export function stripForwardedPorts(headers: IncomingHttpHeaders): void {
  const written = headers['x-forwarded-for'];
  if (typeof written !== 'string' || !written.includes(':')) return;
  headers['x-forwarded-for'] = written
    .split(',')
    .map((entry) => {
      const [, v6, v4] = withPort.exec(entry.trim()) ?? [];
      return v6 ?? v4 ?? entry.trim();
    })
    .join(', ');
}
