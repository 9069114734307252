/** What proxies say of who has asked them. */
import type { IncomingHttpHeaders } from 'node:http';
/**
 * Leaves the addresses in `X-Forwarded-For` without ports and brackets. A port is another one for each connection, so with
 * it each connection would be a client of its own to limits and logs, and no proxy in the list would be known.
 */
export declare function stripForwardedPorts(headers: IncomingHttpHeaders): void;
