/**
 * Upgrade requests (RFC 9110 §7.8, https://www.rfc-editor.org/rfc/rfc9110#section-7.8): the routes may accept a WebSocket; any
 * other upgrade is declined by an answer over HTTP.
 */
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
export interface Upgrade {
    readonly socket: Duplex;
    /** Bytes that the client has already sent after its request. */
    readonly head: Buffer;
}
/** Undefined for a plain request. */
export declare function upgradeOf(req: IncomingMessage): Upgrade | undefined;
/** Connections with an upgrade request: Node stops counting them among the server's. */
export interface UpgradedConnections {
    cut(): void;
}
/** Sends requests for a WebSocket through the application, like any other request. */
export declare function serveUpgrades(server: http.Server, app: RequestListener): UpgradedConnections;
